// SPDX-License-Identifier: Apache-2.0

package output

import (
	"strings"
	"testing"
)

// TestClean: text of objects cannot command a terminal, nor turn the direction of what is written.
func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"plain: ä 漢 ✗":           "plain: ä 漢 ✗",
		"\x1b[2Jred":             `\u001b[2Jred`,
		"a\nb\tc\r":              `a\u000ab\u0009c\u000d`,
		"\u202egnp.exe\u2066":    `\u202egnp.exe\u2066`,
		"bad \xff byte":          `bad \ufffd byte`,
		"\u0085 and \u009b31m C": `\u0085 and \u009b31m C`,
	} {
		if got := Clean(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestColour: colours are only where they are wanted, and only those of the command.
func TestColour(t *testing.T) {
	for colour, want := range map[bool]string{true: "\x1b[31;1mFAIL \x1b[0m", false: "  FAIL  "} {
		paper := &Paper{Colour: colour}
		paper.Check(Failed, "name", "\x1b[0m")
		if got := paper.String(); !strings.Contains(got, want) || strings.Count(got, "\x1b") != 2*strings.Count(want, "\x1b")/2 {
			t.Errorf("%q, want %q in it", got, want)
		}
	}
}
