// SPDX-License-Identifier: Apache-2.0

package command_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// wide are the commands whose text is compared at several widths.
var wide = regexp.MustCompile(`^\$ ((?:explain|check|list|preview)\b.*)$`)

// TestWidth: B-CLI-5, the text of the commands of all goldens at 60 and 200 columns. No line is longer than it must be, and each word is
// there, whole and in its place.
func TestWidth(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal(cases, err)
	}
	narrower := 0
	for _, file := range cases {
		file, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, folder := prepared(t, file)
			for _, section := range archive.Files {
				found := wide.FindStringSubmatch(section.Name)
				if found == nil || strings.Contains(found[1], " -o ") {
					continue
				}
				args := strings.Fields(found[1])
				whole := run(t, folder, args)
				for _, columns := range []int{60, 200} {
					shown := run(t, folder, append([]string{fmt.Sprintf("COLUMNS=%d", columns)}, args...))
					fits(t, found[1], shown, columns)
					if diff := missing(whole, shown); diff != "" {
						t.Errorf("%s at %d columns %s:\n%s", found[1], columns, diff, shown)
					}
					if shown != whole {
						narrower++
					}
				}
			}
		})
	}
	if narrower == 0 {
		t.Error("No text was too wide for 60 columns: that shows nothing")
	}
}

// fits reports lines that are too long although none of their words is. An error for a terminal is one line (SPEC B-CLI-2).
func fits(t *testing.T, command, text string, columns int) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		longest := slices.MaxFunc(append(strings.Fields(line), ""), func(a, b string) int { return utf8.RuneCountInString(a) - utf8.RuneCountInString(b) })
		if utf8.RuneCountInString(line) > columns && utf8.RuneCountInString(longest) <= columns/2 && !strings.HasPrefix(line, "Error: ") {
			t.Errorf("%s has a line of %d columns: %q", command, utf8.RuneCountInString(line), line)
		}
	}
}

// missing says which word of a text is not in another one at its place. The other one may have a backslash at the end of a line, and
// # in front of one; a table that is too wide is there as texts, with the words of its heading in small letters.
func missing(whole, shown string) string {
	words := strings.Fields(strings.NewReplacer(" \\\n", "\n", " # ", " ", "\n# ", "\n").Replace(shown))
	rest := words
	heading, _, _ := strings.Cut(whole, "\n")
	table := strings.HasPrefix(heading, "GATEWAY") && !strings.Contains(shown, heading)
	if table {
		whole = strings.TrimPrefix(whole, heading)
	}
	for _, word := range strings.Fields(strings.NewReplacer(" # ", " ", "\n# ", "\n").Replace(whole)) {
		at := slices.Index(rest, word)
		if at < 0 || at > 0 && !table {
			return fmt.Sprintf("lacks %q, or has it elsewhere", word)
		}
		rest = rest[at+1:]
	}
	return ""
}
