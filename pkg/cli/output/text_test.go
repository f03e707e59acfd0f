// SPDX-License-Identifier: Apache-2.0

package output

import (
	"os/exec"
	"slices"
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

// TestWrap: a text is broken between words alone, and a word that is too long is whole.
func TestWrap(t *testing.T) {
	for name, c := range map[string]struct {
		text        string
		first, rest int
		want        []string
	}{
		"nothing":             {"", 5, 5, []string{""}},
		"it fits":             {"a bc  d", 7, 1, []string{"a bc  d"}},
		"two lines":           {"one two three", 7, 7, []string{"one two", "three"}},
		"wide spaces":         {"one  two  three", 8, 8, []string{"one  two", "three"}},
		"a long word":         {"a averylongword b", 4, 4, []string{"a", "averylongword", "b"}},
		"a long word first":   {"averylongword b", 4, 4, []string{"averylongword", "b"}},
		"less room at first":  {"ab cd ef", 2, 5, []string{"ab", "cd ef"}},
		"no room":             {"ab cd", -3, -3, []string{"ab", "cd"}},
		"letters, not bytes":  {"äöü äöü", 7, 7, []string{"äöü äöü"}},
		"spaces at the start": {"  a b", 3, 3, []string{"  a", "b"}},
	} {
		if got := Wrap(c.text, c.first, c.rest); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestShell: a command that is broken into lines does in a shell what it does in one line.
func TestShell(t *testing.T) {
	const command = `printf '%s|' one 'two  three' "four 'five' six" seven=eight '{"a":{"b c":"d"}}' nine 'it'\''s ten eleven' "a \" b"   # what it shows`
	want := ""
	for _, width := range []int{0, 200, 60, 40, 20, 1} {
		paper := &Paper{Width: width}
		paper.Shell("", command)
		lines := strings.Count(paper.String(), "\n")
		if lines > 1 != (width > 0 && width < 200) {
			t.Errorf("At %d columns it has %d lines:\n%s", width, lines, paper)
		}
		said, err := exec.CommandContext(t.Context(), "sh", "-c", paper.String()).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s\n%s", err, said, paper)
		}
		if want == "" {
			want = string(said)
		}
		if string(said) != want || !strings.HasPrefix(want, "one|two  three|") {
			t.Errorf("At %d columns the shell says %s, want %s:\n%s", width, said, want, paper)
		}
	}
}

// TestTable: a table that is too wide becomes texts, with all that is in it.
func TestTable(t *testing.T) {
	heading, rows := []string{"GATEWAY", "CLASS", "ADDRESS"}, [][]string{{"gateways/blue", "eg", "203.0.113.10"}, {"gateways/green", "eg", ""}}
	for width, want := range map[int]string{
		0:  "GATEWAY         CLASS  ADDRESS\ngateways/blue   eg     203.0.113.10\ngateways/green  eg\n",
		35: "GATEWAY         CLASS  ADDRESS\ngateways/blue   eg     203.0.113.10\ngateways/green  eg\n",
		34: "gateways/blue\n  class eg  address 203.0.113.10\ngateways/green\n  class eg\n",
		24: "gateways/blue\n  class eg\n    address 203.0.113.10\ngateways/green\n  class eg\n",
	} {
		paper := &Paper{Width: width}
		if paper.Table(heading, rows); paper.String() != want {
			t.Errorf("At %d columns:\n%s", width, paper)
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
