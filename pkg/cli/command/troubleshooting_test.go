// SPDX-License-Identifier: Apache-2.0

package command_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var (
	quoted   = regexp.MustCompile("(?m)^`kn gateways (explain .*)` says:\n\n((?:    .*\n)+)")
	said     = regexp.MustCompile(`(?m)(?:is not Ready(?: yet)?(?: for \w+)?: |^Note  )(\w+)(?:$|: )`)
	declared = regexp.MustCompile(`(?m)^\tReason(\w+) `)
)

// TestTroubleshooting: B-CLI-1, B-RDY-6, a golden shows each reason that a condition can have, and docs/troubleshooting.md quotes
// what the command prints.
func TestTroubleshooting(t *testing.T) {
	page, err := os.ReadFile("../../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	printed, shown := map[string][]string{}, map[string]bool{}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, section := range archive.Files {
			if command, is := strings.CutPrefix(section.Name, "$ "); is {
				printed[command] = append(printed[command], string(section.Data))
			}
			for _, found := range said.FindAllStringSubmatch(string(section.Data), -1) {
				shown[found[1]] = true
			}
		}
	}
	reasons, err := os.ReadFile("../../conditions/reasons.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, reason := range declared.FindAllStringSubmatch(string(reasons), -1) {
		if !shown[reason[1]] {
			t.Errorf("No golden shows %s", reason[1])
		}
	}
	for _, section := range strings.Split(string(page), "\n### ")[1:] {
		reason, _, _ := strings.Cut(section, "\n")
		found := quoted.FindStringSubmatch(section)
		if found == nil {
			if shown[reason] {
				t.Errorf("%s: the page does not say what kn gateways explain prints", reason)
			}
			continue
		}
		lines := strings.Split(strings.TrimRight(found[2], "\n"), "\n")
		if !slices.ContainsFunc(printed[found[1]], func(text string) bool { return hasInOrder(text, lines) }) {
			t.Errorf("%s: no golden of `%s` has these lines:\n%s", reason, found[1], found[2])
		}
	}
}

// TestPathsPage: B-CLI-1, B-PTH-5, docs/paths.md quotes what the command prints.
func TestPathsPage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/paths.md")
	if err != nil {
		t.Fatal(err)
	}
	archive, err := txtar.ParseFile("testdata/paths.txtar")
	if err != nil {
		t.Fatal(err)
	}
	quotes := quoted.FindAllStringSubmatch(string(page), -1)
	for _, quote := range quotes {
		lines := strings.Split(strings.TrimRight(quote[2], "\n"), "\n")
		if !slices.ContainsFunc(archive.Files, func(section txtar.File) bool {
			return section.Name == "$ "+quote[1] && hasInOrder(string(section.Data), lines)
		}) {
			t.Errorf("testdata/paths.txtar does not have these lines of `%s`:\n%s", quote[1], quote[2])
		}
	}
	if len(quotes) == 0 {
		t.Error("The page quotes nothing")
	}
}

// TestCheckQuoted: docs/troubleshooting.md quotes what check prints.
func TestCheckQuoted(t *testing.T) {
	page, err := os.ReadFile("../../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	archive, err := txtar.ParseFile("testdata/check-mend.txtar")
	if err != nil {
		t.Fatal(err)
	}
	quote := regexp.MustCompile("(?m)^`kn gateways check` says:\n\n((?:    .*\n)+)").FindStringSubmatch(string(page))
	printed := archive.Files[len(archive.Files)-1]
	if quote == nil || printed.Name != "$ check" || !hasInOrder(string(printed.Data), strings.Split(strings.TrimRight(quote[1], "\n"), "\n")) {
		t.Errorf("testdata/check-mend.txtar does not have these lines: %q", quote)
	}
}

// hasInOrder tells whether a text has all lines, which the page indents, in their order.
func hasInOrder(text string, lines []string) bool {
	for _, line := range lines {
		_, rest, found := strings.Cut(text, strings.TrimPrefix(line, "    ")+"\n")
		if !found {
			return false
		}
		text = rest
	}
	return true
}
