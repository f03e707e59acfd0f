// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"strings"
)

// suggestion is the end of a message that names the nearest candidate; it is empty
// when none is near.
func suggestion(word string, candidates []string) string {
	best, nearest := "", 0
	for _, candidate := range candidates {
		// The longest candidates have some 50 letters; a much longer word is not a typing error.
		if len(word) > 2*len(candidate) {
			continue
		}
		distance := EditDistance(strings.ToLower(word), strings.ToLower(candidate))
		if best == "" || distance < nearest {
			best, nearest = candidate, distance
		}
	}
	if best == "" || nearest > max(2, len(best)/4) {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// EditDistance is the Levenshtein distance: the least number of bytes to insert, drop or
// replace that turns one word into the other.
func EditDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
