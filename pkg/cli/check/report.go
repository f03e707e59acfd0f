// SPDX-License-Identifier: Apache-2.0

package check

import (
	"fmt"
	"strings"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
)

// Report has what was checked.
type Report struct {
	output.Type
	Findings []Finding `json:"findings"`
	// Failed and Warnings are how many there are.
	Failed   int           `json:"failed"`
	Warnings int           `json:"warnings"`
	Unseen   []view.Unseen `json:"unseen,omitempty"`
	Requests int           `json:"requests"`
}

// Finding is one thing that was checked.
type Finding struct {
	// Group is kubernetes, knative, gateways or net-gateways.
	Group string `json:"group"`
	// Code names what was checked; it does not change between releases.
	Code   string       `json:"code"`
	State  output.State `json:"state"`
	Detail string       `json:"detail"`
	// Fix is a command for the shell that mends it, Look one that shows more of the cause, and More is a page.
	Fix  string `json:"fix,omitempty"`
	Look string `json:"look,omitempty"`
	More string `json:"more,omitempty"`
}

func (r *Report) add(finding Finding) {
	switch finding.State {
	case output.Failed:
		r.Failed++
	case output.Warning:
		r.Warnings++
	}
	r.Findings = append(r.Findings, finding)
}

// Found implements output.Report: warnings alone do not count.
func (r Report) Found() bool { return r.Failed > 0 }

// Text implements output.Report.
func (r Report) Text(paper *output.Paper) {
	group := ""
	for _, finding := range r.Findings {
		if finding.Group != group {
			group = finding.Group
			paper.Line("%s", group)
		}
		paper.Check(finding.State, finding.Code, finding.Detail)
		if finding.Fix != "" {
			paper.Shell("        fix: ", finding.Fix)
		}
		if finding.Look != "" {
			paper.Shell("       look: ", finding.Look)
		}
		if finding.More != "" {
			paper.Item("        see: ", "%s", finding.More)
		}
	}
	for _, unseen := range r.Unseen {
		paper.Line("%s", unseen)
	}
	paper.Line("%d failed, %s", r.Failed, strings.TrimSuffix(fmt.Sprintf("%d warnings", r.Warnings), map[bool]string{true: "s"}[r.Warnings == 1]))
}

// Draw implements output.Drawn: short is a line for each thing that is not as it should be, for scripts and chats.
func (r Report) Draw(format string) (string, error) {
	if format != "short" {
		return "", fmt.Errorf("format %q is unknown", format)
	}
	lines := strings.Builder{}
	for _, finding := range r.Findings {
		if finding.State == output.Failed || finding.State == output.Warning {
			fmt.Fprintf(&lines, "%-4s  %s  %s\n", finding.State, finding.Code, output.Clean(finding.Detail))
		}
	}
	return lines.String(), nil
}

func docs(page string) string {
	return "https://github.com/net-gateways/net-gateways/blob/main/docs/" + page
}
