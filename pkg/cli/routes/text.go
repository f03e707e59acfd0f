// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"strings"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
)

var words = map[Change]string{None: "stored as it should be", Create: "not stored", Update: "stored with differences", Delete: "stored, and not wanted any more"}

// Text implements output.Report: documents of YAML, with comments that say how each is stored.
func (r Report) Text(paper *output.Paper) {
	for _, route := range r.Routes {
		paper.Verbatim("---")
		paper.Verbatim("# HTTPRoute %s/%s of %s: %s", route.Namespace, route.Name, route.Service, words[route.Change])
		for _, line := range route.Diff {
			paper.Verbatim("# %s", line)
		}
		for line := range strings.Lines(route.Text) {
			paper.Verbatim("%s", strings.TrimSuffix(line, "\n"))
		}
	}
	for _, unseen := range r.Unseen {
		paper.Verbatim("# %s", unseen)
	}
}

// differing are the lines of which a text has others, by a longest common part: those that go with -, those that come with +.
func differing(before, after []string) []string {
	common := make([][]int, len(before)+1)
	for i := range common {
		common[i] = make([]int, len(after)+1)
	}
	for i := len(before) - 1; i >= 0; i-- {
		for j := len(after) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if before[i] == after[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	lines, i, j := []string{}, 0, 0
	for i < len(before) || j < len(after) {
		switch {
		case i < len(before) && j < len(after) && before[i] == after[j]:
			i, j = i+1, j+1
		case j == len(after) || i < len(before) && common[i+1][j] >= common[i][j+1]:
			lines, i = append(lines, "- "+before[i]), i+1
		default:
			lines, j = append(lines, "+ "+after[j]), j+1
		}
	}
	return lines
}
