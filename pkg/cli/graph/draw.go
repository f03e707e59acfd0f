// SPDX-License-Identifier: Apache-2.0

package graph

import (
	"cmp"
	"strings"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
)

// Text implements output.Report: a tree.
func (r Report) Text(paper *output.Paper) {
	for _, one := range r.Gateways {
		paper.Line("%s", strings.Join(nonempty(title(one), one.Class, one.Address), "  "))
		for i, host := range one.Hosts {
			branch, below := "├─ ", "│    "
			if i == len(one.Hosts)-1 {
				branch, below = "└─ ", "     "
			}
			wrong := ""
			if host.Ready != "True" {
				wrong = "✗ " + strings.TrimSuffix(host.Reason+": "+host.Message, ": ")
			}
			if len(host.Paths) == 1 && host.Paths[0].Path == "" && len(host.Attached) == 0 {
				paper.Branch(branch, below, "%s", strings.Join(nonempty(host.Host, host.Service, lead(host.Paths[0]), wrong), "  "))
				continue
			}
			paper.Branch(branch, below, "%s", strings.Join(nonempty(host.Host, host.Service, wrong), "  "))
			for _, path := range host.Paths {
				paper.Branch(below, below, "%s  %s", cmp.Or(path.Path, "/"), lead(path))
			}
			host.attached(paper, below)
		}
	}
	for _, unseen := range r.Unseen {
		paper.Line("%s", unseen)
	}
}

// attached writes the HTTPRoutes that are attached to the service, below its own paths.
func (h Host) attached(paper *output.Paper, below string) {
	for _, route := range h.Attached {
		paper.Branch(below, below, "%s", strings.Join(nonempty("HTTPRoute "+route.HTTPRoute, trouble(route)), "  "))
		for _, path := range route.Paths {
			paper.Branch(below+"  ", below+"  ", "%s  %s", path.Matches(), path.Leads())
		}
	}
}

func title(one Gateway) string {
	if one.Gateway == "" {
		return "no Gateway (" + one.List + ")"
	}
	return one.Gateway
}

func nonempty(texts ...string) (found []string) {
	for _, text := range texts {
		if text != "" {
			found = append(found, text)
		}
	}
	return found
}
