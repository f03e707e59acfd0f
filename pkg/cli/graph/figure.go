// SPDX-License-Identifier: Apache-2.0

package graph

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/cli/paths"
)

// figure is a language in which a graph is drawn.
type figure struct {
	begin, end string
	// node has an identifier and a label, edge the identifiers of both nodes and a label; broken is an edge that does not work.
	node, edge, broken string
	quoted             func(string) string
}

// figures are by their format: Markdown pages show Mermaid, and Graphviz draws DOT.
var figures = map[string]figure{
	"mermaid": {begin: "flowchart LR\n", node: "  %s[%s]\n", edge: "  %s -->|%[3]s| %[2]s\n", broken: "  %s -.->|%[3]s| %[2]s\n", quoted: mermaid},
	"dot": {begin: "digraph {\n  rankdir=LR\n  node [shape=box]\n", end: "}\n",
		node: "  %s [label=%s]\n", edge: "  %s -> %s [label=%s]\n", broken: "  %s -> %s [label=%s, style=dashed]\n", quoted: dot},
}

// Draw implements output.Drawn.
func (r Report) Draw(format string) (string, error) {
	in, known := figures[format]
	if !known {
		return "", fmt.Errorf("format %q is unknown", format)
	}
	drawn := strings.Builder{}
	drawn.WriteString(in.begin)
	for g, one := range r.Gateways {
		gateway := fmt.Sprintf("g%d", g)
		fmt.Fprintf(&drawn, in.node, gateway, in.quoted(strings.Join(nonempty(title(one), one.Class, one.Address), "\n")))
		for h, host := range one.Hosts {
			label, edge, id := host.Service, in.edge, fmt.Sprintf("%sh%d", gateway, h)
			if host.Ready != "True" {
				label, edge = host.Service+"\n✗ "+host.Reason, in.broken
			}
			fmt.Fprintf(&drawn, in.node, id, in.quoted(label))
			fmt.Fprintf(&drawn, edge, gateway, id, in.quoted(host.Host))
			for p, path := range host.Paths {
				to := fmt.Sprintf("%sp%d", id, p)
				fmt.Fprintf(&drawn, in.node, to, in.quoted(lead(path)))
				fmt.Fprintf(&drawn, in.edge, id, to, in.quoted(cmp.Or(path.Path, "/")))
			}
			in.attached(&drawn, id, host.Attached)
		}
	}
	drawn.WriteString(in.end)
	return drawn.String(), nil
}

// attached draws the HTTPRoutes that are attached to a service, and where their paths lead.
func (f figure) attached(drawn *strings.Builder, service string, all []paths.Route) {
	for r, route := range all {
		id, label, edge := fmt.Sprintf("%sr%d", service, r), "HTTPRoute "+route.HTTPRoute, f.edge
		if !route.Served() {
			label, edge = label+"\n✗ "+brief(route), f.broken
		}
		fmt.Fprintf(drawn, f.node, id, f.quoted(label))
		fmt.Fprintf(drawn, edge, service, id, f.quoted("adds paths"))
		for p, path := range route.Paths {
			to := fmt.Sprintf("%sp%d", id, p)
			fmt.Fprintf(drawn, f.node, to, f.quoted(path.Leads()))
			fmt.Fprintf(drawn, f.edge, id, to, f.quoted(path.Matches()))
		}
	}
}

// brief is the first reason why a route is not served as it is written.
func brief(route paths.Route) string {
	if len(route.Problems) > 0 {
		return route.Problems[0].Reason
	}
	_, state := route.State()
	return state
}

// mermaid is a text that Mermaid shows as it is, without markup.
func mermaid(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.NewReplacer("#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "`", "#96;", "|", "#124;", "&", "#amp;").Replace(output.Clean(line))
	}
	return `"` + strings.Join(lines, "<br/>") + `"`
}

// dot is a text that Graphviz shows as it is.
func dot(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;").Replace(output.Clean(line))
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}
