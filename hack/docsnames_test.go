// SPDX-License-Identifier: Apache-2.0

package hack

import (
	"fmt"
	"go/ast"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// namesWithoutMention are findings about names that the code or the manifests use.
func namesWithoutMention(tree fs.FS) ([]string, error) {
	code, err := readCode(tree)
	if err != nil {
		return nil, err
	}
	names := code.names()
	manifests, err := fs.Glob(tree, "config/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, manifest := range manifests {
		text, err := fs.ReadFile(tree, manifest)
		if err != nil {
			return nil, err
		}
		for _, match := range regexp.MustCompile(`(?m)^metadata:\n  name: (\S+)$`).FindAllSubmatch(text, -1) {
			names = append(names, string(match[1]))
		}
	}
	page, err := fs.ReadFile(tree, reference)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	found := []string{}
	for _, name := range slices.Compact(names) {
		if !regexp.MustCompile(regexp.QuoteMeta(name)+`([^\w-]|$)`).Match(page) && !(strings.HasSuffix(name, "-") && strings.Contains(string(page), name)) {
			found = append(found, fmt.Sprintf("%s does not name %q", reference, name))
		}
	}
	return found, nil
}

// names are the texts with the project's name in them, but for sentences and packages, and the constants whose own name
// says that they are a name.
func (c code) names() []string {
	found := []string{}
	ours := func(text string) bool {
		return strings.Contains(strings.ToLower(text), "net-gateways") && !strings.ContainsAny(text, " \n") && !strings.HasPrefix(strings.TrimPrefix(text, "https://"), "github.com/")
	}
	for key, known := range c.constants {
		text, ok := c.text(known.of, known.value)
		is := regexp.MustCompile(`(Annotation|Finalizer|Header|Label|Manager|Suffix)$`).MatchString(key)
		if ok && (ours(text) || is && !strings.Contains(text, "/")) {
			found = append(found, text)
		}
	}
	for _, file := range c.files {
		ast.Inspect(file, func(node ast.Node) bool {
			if _, imports := node.(*ast.ImportSpec); imports {
				return false
			}
			if literal, ok := node.(*ast.BasicLit); ok {
				if text, ok := c.text(file, literal); ok && ours(text) {
					text, _, _ = strings.Cut(text, "%") // of a format
					found = append(found, text)
				}
			}
			return true
		})
	}
	return found
}
