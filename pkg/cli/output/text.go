// SPDX-License-Identifier: Apache-2.0

package output

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean is a text that a terminal shows as it is: control characters, and those that turn the direction of writing, are
// written as their numbers.
func Clean(text string) string {
	clean := strings.Builder{}
	for _, char := range text {
		switch {
		case char == utf8.RuneError, unicode.IsControl(char), unicode.Is(unicode.Cf, char):
			fmt.Fprintf(&clean, "\\u%04x", char)
		default:
			clean.WriteRune(char)
		}
	}
	return clean.String()
}

// State is how something that was looked at is.
type State string

// The states.
const (
	OK      State = "ok"
	Failed  State = "FAIL"
	Waits   State = "wait"
	Warning State = "warn"
	Unknown State = "-"
)

var colours = map[State]string{OK: "32", Failed: "31;1", Waits: "33", Warning: "33"}

// Paper is what a report is written on.
type Paper struct {
	strings.Builder
	// Colour tells that it is shown on a terminal that has colours.
	Colour bool
	// Width is how many columns it has; 0 for any number. Text goes on in the next line between two words. A word that is longer,
	// such as an address, is written whole.
	Width int
}

// hanging is how far the further lines of a text are indented.
const hanging = 2

// Line writes a text.
func (p *Paper) Line(format string, values ...any) {
	text := Clean(fmt.Sprintf(format, values...))
	indent := len(text) - len(strings.TrimLeft(text, " "))
	p.wrapped(text[:indent], indent, strings.Repeat(" ", indent+hanging), text[indent:])
}

// Item writes a text behind words that say what it is. The further lines of the text stand below its first one.
func (p *Paper) Item(words, format string, values ...any) {
	words = Clean(words)
	p.wrapped(words, length(words), p.below(length(words)), Clean(fmt.Sprintf(format, values...)))
}

// Branch writes a text behind the lines of a tree: first stands before its first line, rest before the further ones.
func (p *Paper) Branch(first, rest, format string, values ...any) {
	p.wrapped(first, length(first), rest+strings.Repeat(" ", hanging), Clean(fmt.Sprintf(format, values...)))
}

// Verbatim writes what is read by programs, in one line.
func (p *Paper) Verbatim(format string, values ...any) {
	p.WriteString(strings.TrimRight(Clean(fmt.Sprintf(format, values...)), " ") + "\n")
}

// Check writes a line with a state in front.
func (p *Paper) Check(state State, name, detail string) {
	word := fmt.Sprintf("%-5s", state)
	if colour := colours[state]; p.Colour && colour != "" {
		word = "\x1b[" + colour + "m" + word + "\x1b[0m"
	}
	name = fmt.Sprintf("%-10s ", Clean(name))
	lead := hanging + 5 + 1 + length(name)
	p.wrapped("  "+word+" "+name, lead, p.below(lead), Clean(detail))
}

// below are the spaces in front of text that stands below other text: fewer where they would leave little room.
func (p *Paper) below(column int) string {
	if p.Width > 0 && column > p.Width/2 {
		column = 2 * hanging
	}
	return strings.Repeat(" ", column)
}

// wrapped writes a text behind a lead, which takes so many columns, and goes on behind further ones.
func (p *Paper) wrapped(lead string, columns int, further, text string) {
	lines := Wrap(text, p.Width-columns, p.Width-length(further))
	if p.Width <= 0 {
		lines = []string{text}
	}
	for i, line := range lines {
		if i > 0 {
			lead = further
		}
		p.WriteString(strings.TrimRight(lead+strings.ReplaceAll(line, together, " "), " ") + "\n")
	}
}

// Wrap breaks a text between words into lines: the first may have first columns, the others rest. No word is split.
func Wrap(text string, first, rest int) []string {
	lines, line, spaces := []string{}, "", ""
	for _, word := range strings.Split(text, " ") {
		room := first
		if len(lines) > 0 {
			room = rest
		}
		switch {
		case word == "":
			spaces += " "
			continue
		case line == "" && len(lines) == 0:
			line = spaces + word
		case line == "":
			line = word
		case length(line+spaces+word) > room:
			lines, line = append(lines, line), word
		default:
			line += spaces + word
		}
		spaces = " "
	}
	return append(lines, line)
}

func length(text string) int { return utf8.RuneCountInString(text) }
