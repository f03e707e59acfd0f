// SPDX-License-Identifier: Apache-2.0

package graph

import (
	"fmt"
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

// Draw implements output.Drawn: a flowchart of Mermaid, which Markdown pages show as a figure.
func (r Report) Draw(format string) (string, error) {
	if format != "mermaid" {
		return "", fmt.Errorf("format %q is unknown", format)
	}
	lines := []string{"flowchart LR"}
	for g, one := range r.Gateways {
		lines = append(lines, fmt.Sprintf("  g%d[%s]", g, quoted(strings.Join(nonempty(title(one), one.Class, one.Address), "\n"))))
		for h, host := range one.Hosts {
			label, arrow := host.Service, "-->"
			if host.Ready != "True" {
				label, arrow = host.Service+"\n✗ "+host.Reason, "-.->"
			}
			id := fmt.Sprintf("g%dh%d", g, h)
			lines = append(lines, fmt.Sprintf("  g%d %s|%s| %s[%s]", g, arrow, quoted(host.Host), id, quoted(label)))
			for p, path := range host.Paths {
				lines = append(lines, fmt.Sprintf("  %s -->|%s| %sp%d[%s]", id, quoted(or(path.Path, "/")), id, p, quoted(lead(path))))
			}
		}
	}
	return strings.Join(lines, "\n") + "\n", nil
}

// quoted is a text that Mermaid shows as it is, without markup.
func quoted(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.NewReplacer("#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "`", "#96;", "|", "#124;", "&", "#amp;").Replace(output.Clean(line))
	}
	return `"` + strings.Join(lines, "<br/>") + `"`
}
