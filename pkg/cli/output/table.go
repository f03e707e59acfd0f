// SPDX-License-Identifier: Apache-2.0

package output

import (
	"fmt"
	"slices"
	"strings"
)

// between stands between two columns of a table, and together is a space at which no line ends.
const between, together = "  ", "\u00a0"

// Table writes rows in columns. The last column is as wide as it is. Where the columns are too wide for the paper, each row is a
// text, with the words of the heading in it.
func (p *Paper) Table(heading []string, rows [][]string) {
	all := rows
	if len(heading) > 0 {
		all = slices.Concat([][]string{heading}, rows)
	}
	widths, lines := []int{}, []string{}
	for _, row := range all {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], length(Clean(cell)))
		}
	}
	for _, row := range all {
		line := ""
		for i, cell := range row {
			line += fmt.Sprintf("%-*s", widths[i], Clean(cell)) + between
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	if p.Width > 0 && slices.ContainsFunc(lines, func(line string) bool { return length(line) > p.Width }) {
		p.texts(heading, rows)
		return
	}
	for _, line := range lines {
		p.WriteString(line + "\n")
	}
}

// texts writes each row as a text: its first cell, and below that the others behind their headings. An empty cell is left out.
func (p *Paper) texts(heading []string, rows [][]string) {
	for _, row := range rows {
		parts := []string{}
		for i, cell := range row {
			switch {
			case cell == "" || len(heading) > 0 && i == 0:
			case i < len(heading):
				parts = append(parts, strings.ToLower(heading[i])+together+cell)
			default:
				parts = append(parts, cell)
			}
		}
		if len(heading) > 0 {
			p.Line("%s", row[0])
			p.Line("%s", strings.Repeat(" ", hanging)+strings.Join(parts, between))
			continue
		}
		p.Line("%s", strings.Join(parts, between))
	}
}
