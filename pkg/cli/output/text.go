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
}

// Line writes a line.
func (p *Paper) Line(format string, values ...any) {
	p.WriteString(strings.TrimRight(Clean(fmt.Sprintf(format, values...)), " ") + "\n")
}

// Check writes a line with a state in front.
func (p *Paper) Check(state State, name, detail string) {
	word := fmt.Sprintf("%-5s", state)
	if colour := colours[state]; p.Colour && colour != "" {
		word = "\x1b[" + colour + "m" + word + "\x1b[0m"
	}
	p.WriteString("  " + word + " " + strings.TrimRight(fmt.Sprintf("%-10s %s", Clean(name), Clean(detail)), " ") + "\n")
}

// Table writes rows in columns. The last column is as wide as it is.
func (p *Paper) Table(rows [][]string) {
	widths := []int{}
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(Clean(cell)))
		}
	}
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += fmt.Sprintf("%-*s  ", widths[i], Clean(cell))
		}
		p.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
