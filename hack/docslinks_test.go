// SPDX-License-Identifier: Apache-2.0

package hack

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	codeSpan = regexp.MustCompile("`[^`\n]*`")
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
)

// own is where pages that are not in the checkout find ours.
const own = "https://github.com/net-gateways/net-gateways/blob/main/"

// brokenLinks are findings about links that are relative, and absolute ones to this repository.
func brokenLinks(tree fs.FS) ([]string, error) {
	found := []string{}
	err := fs.WalkDir(tree, ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (file == ".git" || file == "dist" || entry.Name() == "testdata"):
			return fs.SkipDir
		case path.Ext(file) != ".md":
			return nil
		}
		text, err := fs.ReadFile(tree, file)
		if err != nil {
			return err
		}
		for _, match := range link.FindAllStringSubmatch(codeSpan.ReplaceAllString(withoutFences(string(text)), ""), -1) {
			if problem := follow(tree, file, match[1]); problem != "" {
				found = append(found, file+": "+match[1]+" "+problem)
			}
		}
		return nil
	})
	return found, err
}

// follow says what is wrong with a link; empty when nothing is, or when it leads elsewhere.
func follow(tree fs.FS, file, target string) string {
	to, within := strings.CutPrefix(target, own)
	if !within && strings.Contains(target, ":") {
		return ""
	}
	to, anchor, anchored := strings.Cut(to, "#")
	switch {
	case to == "":
		to = file
	case !within:
		to = path.Join(path.Dir(file), to)
	}
	if _, err := fs.Stat(tree, to); err != nil {
		return "leads nowhere"
	}
	if !anchored || path.Ext(to) != ".md" {
		return ""
	}
	text, err := fs.ReadFile(tree, to)
	if err != nil || !slices.Contains(headingsOf(string(text)), anchor) {
		return "is no heading there"
	}
	return ""
}
