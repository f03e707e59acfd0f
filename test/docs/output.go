// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// free are columns of which only is compared whether there is something in them.
var free = []string{"ADDRESS", "AGE"}

var (
	headingRow = regexp.MustCompile(`^[A-Z]+( {2,}[A-Z]+)+$`)
	column     = regexp.MustCompile(`[A-Z]+`)
)

// Compare says what a page shows that did not come; empty when all of it did. A line of text must be how a line begins that came.
// A table, which begins with the names of its columns, must have the same columns, and rows with the same cells.
func Compare(shown, came string) (missing []string) {
	lines := strings.Split(strings.TrimRight(shown, "\n"), "\n")
	for i, line := range lines {
		line = strings.TrimRight(line, " ")
		if line == "" {
			continue
		}
		if headingRow.MatchString(line) {
			return append(missing, compareTable(lines[i:], came)...)
		}
		if !slices.ContainsFunc(strings.Split(came, "\n"), func(other string) bool { return begins(other, line) }) {
			missing = append(missing, line)
		}
	}
	return missing
}

// begins tells whether a line begins with all words of another.
func begins(line, with string) bool {
	rest, found := strings.CutPrefix(line, with)
	return found && (rest == "" || strings.HasPrefix(rest, " "))
}

func compareTable(shown []string, came string) (missing []string) {
	columns, wanted := table(shown)
	var rows []map[string]string
	for lines := strings.Split(came, "\n"); len(lines) > 0; lines = lines[1:] {
		if others, found := table(lines); slices.Equal(columns, others) {
			rows = found
			break
		}
	}
	if rows == nil {
		return []string{shown[0]}
	}
	for i, row := range wanted {
		if !slices.ContainsFunc(rows, func(other map[string]string) bool { return same(row, other) }) {
			missing = append(missing, fmt.Sprintf("a row like: %s", strings.TrimSpace(shown[i+1])))
		}
	}
	return missing
}

func same(row, other map[string]string) bool {
	for name, cell := range row {
		if slices.Contains(free, name) && (cell == "") != (other[name] == "") || !slices.Contains(free, name) && cell != other[name] {
			return false
		}
	}
	return true
}

// table reads lines as kubectl prints them: a column reaches from the first letter of its name to that of the next.
func table(lines []string) (columns []string, rows []map[string]string) {
	heading := strings.TrimRight(lines[0], " ")
	if !headingRow.MatchString(heading) {
		return nil, nil
	}
	starts := column.FindAllStringIndex(heading, -1)
	for _, at := range starts {
		columns = append(columns, heading[at[0]:at[1]])
	}
	rows = []map[string]string{}
	for _, line := range lines[1:] {
		if strings.TrimSpace(line) == "" {
			break
		}
		row := map[string]string{}
		for i, at := range starts {
			end := len(line)
			if i+1 < len(starts) {
				end = min(end, starts[i+1][0])
			}
			row[columns[i]] = strings.TrimSpace(line[min(at[0], end):end])
		}
		rows = append(rows, row)
	}
	return columns, rows
}
