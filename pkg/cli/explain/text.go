// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/cli/paths"
)

// Text implements output.Report.
func (r Report) Text(paper *output.Paper) {
	r.head(paper)
	for _, condition := range r.Above {
		paper.Check(output.Failed, condition.Type, strings.TrimSuffix(condition.Reason+": "+condition.Message, ": "))
	}
	for _, side := range r.Sides {
		paper.Item(side.Visibility+"  ", "%s", paths.Hosts(side.Hosts))
		for _, check := range side.Checks {
			paper.Check(check.State, check.Name, check.Detail)
		}
	}
	r.traffic(paper)
	for _, route := range r.Attached {
		route.Text(paper)
	}
	for _, note := range r.Notes {
		paper.Item("Note  ", "%s", note)
	}
	for _, unseen := range r.Unseen {
		paper.Item("Note  ", "%s", unseen)
	}
	if r.Why != "" {
		paper.Item("Why   ", "%s", r.Why)
	}
	if r.Look != "" {
		paper.Shell("Look  ", r.Look)
	}
	if r.More != "" {
		paper.Item("More  ", "%s", r.More)
	}
}

// name names the service with its kind.
func (r Report) name() string {
	kind, _, _ := strings.Cut(r.Owner, " ")
	return fmt.Sprintf("%s %s/%s", cmp.Or(kind, "Service"), r.Namespace, r.Service)
}

var ready = map[string]string{"True": "Ready", "False": "not Ready", "Unknown": "not Ready yet"}

func (r Report) head(paper *output.Paper) {
	age, because := "", ""
	if r.Age != "" {
		age = " for " + r.Age
	}
	if r.Reason != "" {
		because = ": " + r.Reason
	}
	switch {
	case r.OtherClass != "":
		paper.Line("%s is of another ingress class, whose plugin says that it is %s%s", r.name(), ready[r.Ready], because)
	case r.Ready == "True":
		paper.Line("%s is Ready%s%s", r.name(), age, because)
	case r.Ready == "False":
		paper.Line("%s is not Ready%s%s", r.name(), age, because)
	default:
		paper.Line("%s is not Ready yet%s%s", r.name(), age, because)
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
			paper.Item("traffic  ", "%s", line)
		}
		said[line] = true
	}
}
