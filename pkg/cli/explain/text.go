// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"fmt"
	"strings"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
)

// Text implements output.Report.
func (r Report) Text(paper *output.Paper) {
	r.head(paper)
	for _, condition := range r.Above {
		paper.Check(output.Failed, condition.Type, strings.TrimSuffix(condition.Reason+": "+condition.Message, ": "))
	}
	for _, side := range r.Sides {
		paper.Line("%s  %s", side.Visibility, hosts(side.Hosts))
		for _, check := range side.Checks {
			paper.Check(check.State, check.Name, check.Detail)
		}
	}
	r.traffic(paper)
	for _, note := range r.Notes {
		paper.Line("Note  %s", note)
	}
	for _, unseen := range r.Unseen {
		paper.Line("Note  %s", unseen)
	}
	for _, last := range [][2]string{{"Why ", r.Why}, {"Look", r.Look}, {"More", r.More}} {
		if last[1] != "" {
			paper.Line("%s  %s", last[0], last[1])
		}
	}
}

var ready = map[string]string{"True": "Ready", "False": "not Ready", "Unknown": "not Ready yet"}

func (r Report) head(paper *output.Paper) {
	age := ""
	if r.Age != "" {
		age = " for " + r.Age
	}
	switch {
	case r.OtherClass != "":
		paper.Line("Service %s/%s is of another ingress class, whose plugin says that it is %s%s", r.Namespace, r.Service, ready[r.Ready], after(": ", r.Reason))
	case r.Ready == "True":
		paper.Line("Service %s/%s is Ready%s%s", r.Namespace, r.Service, age, after(": ", r.Reason))
	case r.Ready == "False":
		paper.Line("Service %s/%s is not Ready%s%s", r.Namespace, r.Service, age, after(": ", r.Reason))
	default:
		paper.Line("Service %s/%s is not Ready yet%s%s", r.Namespace, r.Service, age, after(": ", r.Reason))
	}
	if r.Ready != "True" && r.Message != "" && !r.shown() {
		paper.Line("  %s", r.Message)
	}
}

// shown tells that a check has the message.
func (r Report) shown() bool {
	for _, side := range r.Sides {
		for _, check := range side.Checks {
			if strings.Contains(check.Detail, r.Message) {
				return true
			}
		}
	}
	return false
}

func after(separator, text string) string {
	if text == "" {
		return ""
	}
	return separator + text
}

// hosts are the first host and the number of the others.
func hosts(all []string) string {
	switch len(all) {
	case 0:
		return ""
	case 1:
		return all[0]
	}
	longest := all[0]
	for _, host := range all {
		if len(host) > len(longest) {
			longest = host
		}
	}
	return fmt.Sprintf("%s and %d more", longest, len(all)-1)
}

// traffic shows where requests go: each different line once, because the hosts of a service mostly go the same way.
func (r Report) traffic(paper *output.Paper) {
	said := map[string]bool{}
	for _, path := range r.Paths {
		parts := []string{}
		for _, share := range path.Shares {
			part := fmt.Sprintf("%d%% %s", share.Percent, share.Service)
			if share.Warming {
				part += " (gets requests once it answers through the Gateway)"
			}
			parts = append(parts, part)
		}
		line := strings.Join(parts, ", ")
		if path.RewriteHost != "" {
			line = "as " + path.RewriteHost
		}
		if path.Path != "" {
			line = path.Path + "  " + line
		}
		for name, value := range path.Headers {
			line += fmt.Sprintf("  with %s: %s", name, value)
		}
		if !said[line] {
			paper.Line("traffic  %s", line)
		}
		said[line] = true
	}
}
