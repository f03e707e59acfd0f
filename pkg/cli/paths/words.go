// SPDX-License-Identifier: Apache-2.0

package paths

import (
	"fmt"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// Matches is what a request must have, in words: "PathPrefix /api", then the method, headers and query parameters.
func (p Path) Matches() string {
	said := []string{}
	if path := p.Match.Path; path != nil {
		said = append(said, fmt.Sprintf("%s %s", or(path.Type, gatewayv1.PathMatchPathPrefix), or(path.Value, "/")))
	}
	if p.Match.Method != nil {
		said = append(said, string(*p.Match.Method))
	}
	for _, header := range p.Match.Headers {
		said = append(said, fmt.Sprintf("with %s: %s", header.Name, pattern(string(or(header.Type, gatewayv1.HeaderMatchExact)), header.Value)))
	}
	for _, query := range p.Match.QueryParams {
		said = append(said, fmt.Sprintf("with ?%s=%s", query.Name, pattern(string(or(query.Type, gatewayv1.QueryParamMatchExact)), query.Value)))
	}
	return strings.Join(said, " ")
}

// pattern is a value that must be matched: all types but Exact are named.
func pattern(kind, value string) string {
	if kind == string(gatewayv1.HeaderMatchExact) {
		return value
	}
	return kind + " " + value
}

func or[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

// Leads is where the requests go, in words.
func (p Path) Leads() string {
	switch p.Answer {
	case redirect:
		return "the Gateway redirects"
	case failure:
		return "answered 500"
	}
	total, parts := int64(0), []string{}
	for _, backend := range p.Backends {
		total += int64(backend.Weight)
	}
	for _, backend := range p.Backends {
		part := fmt.Sprintf("%s %s", percent(int64(backend.Weight), total), backend.Service)
		if backend.Missing {
			part += " (answered 500: it does not exist)"
		}
		parts = append(parts, part)
	}
	if len(p.Filters) > 0 {
		return strings.Join(parts, ", ") + " (" + strings.Join(p.Filters, ", ") + ")"
	}
	return strings.Join(parts, ", ")
}

// percent is a share of a total, to a hundredth: what is not nothing is never shown as 0 %.
func percent(weight, total int64) string {
	if total == 0 || weight*10_000 < total {
		return "<0.01%"
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", float64(weight)*100/float64(total)), "0"), ".") + "%"
}

// State is how the route is as a whole, with what to say of it.
func (r Route) State() (output.State, string) {
	served := r.condition(status.ConditionServed)
	switch {
	case served == nil:
		return output.Waits, "the controller has not reported on it yet"
	case served.Status == "True":
		return output.OK, served.Message
	case served.Status == "False":
		return output.Failed, served.Reason + ": " + served.Message
	}
	return output.Waits, served.Reason + ": " + served.Message
}

// State is how a problem is shown, and in one word what it is about.
func (p Problem) State() (output.State, string) {
	switch p.Effect {
	case Refused:
		return output.Failed, "route"
	case Unresolved:
		return output.Failed, "backend"
	}
	return output.Warning, "rule"
}

// Text writes the route: how it is, what is not served as it is written, and what leads where.
func (r Route) Text(paper *output.Paper) {
	paper.Line("HTTPRoute %s  adds paths to %s", r.HTTPRoute, r.Parent)
	state, detail := r.State()
	paper.Check(state, "Served", detail)
	for _, problem := range r.Problems {
		state, about := problem.State()
		paper.Check(state, about, problem.Reason+": "+problem.Message)
	}
	for _, path := range r.Paths {
		paper.Item("  path   ", "%s  %s  ->  %s", Hosts(path.Hosts), path.Matches(), path.Leads())
	}
}

// Hosts are the longest host and the number of the others.
func Hosts(all []string) string {
	longest := ""
	for _, host := range all {
		if len(host) > len(longest) {
			longest = host
		}
	}
	if len(all) > 1 {
		return fmt.Sprintf("%s and %d more", longest, len(all)-1)
	}
	return longest
}
