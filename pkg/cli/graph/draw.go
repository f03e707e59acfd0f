// SPDX-License-Identifier: Apache-2.0

package graph

import (
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
			trouble := ""
			if host.Ready != "True" {
				trouble = "✗ " + strings.TrimSuffix(host.Reason+": "+host.Message, ": ")
			}
			if len(host.Paths) == 1 && host.Paths[0].Path == "" {
				paper.Line("%s%s", branch, strings.Join(nonempty(host.Host, host.Service, lead(host.Paths[0]), trouble), "  "))
				continue
			}
			paper.Line("%s%s", branch, strings.Join(nonempty(host.Host, host.Service, trouble), "  "))
			for _, path := range host.Paths {
				paper.Line("%s%s  %s", below, or(path.Path, "/"), lead(path))
			}
		}
	}
	for _, unseen := range r.Unseen {
		paper.Line("%s", unseen)
	}
}

func title(one Gateway) string {
	if one.Gateway == "" {
		return "no Gateway (" + one.List + ")"
	}
	return one.Gateway
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func nonempty(texts ...string) (found []string) {
	for _, text := range texts {
		if text != "" {
			found = append(found, text)
		}
	}
	return found
}
