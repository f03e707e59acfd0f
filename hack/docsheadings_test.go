// SPDX-License-Identifier: Apache-2.0

package hack

import (
	"fmt"
	"regexp"
	"strings"
)

// notSlug is what GitHub leaves out of an anchor.
var notSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]`)

// headingsOf are the anchors that GitHub gives the headings of a page.
func headingsOf(page string) []string {
	found, times := []string{}, map[string]int{}
	for line := range strings.Lines(withoutFences(page)) {
		title := strings.TrimLeft(line, "#")
		if level := len(line) - len(title); level == 0 || level > 6 || !strings.HasPrefix(title, " ") {
			continue
		}
		title = link.ReplaceAllString(strings.TrimSpace(title), "]")
		anchor := strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(title), ""), " ", "-")
		if times[anchor]++; times[anchor] > 1 {
			anchor = fmt.Sprintf("%s-%d", anchor, times[anchor]-1)
		}
		found = append(found, anchor)
	}
	return found
}

// withoutFences takes the blocks of code between fences out of a page.
func withoutFences(page string) string {
	kept, fenced := strings.Builder{}, false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
		} else if !fenced {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
