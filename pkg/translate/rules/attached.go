// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Attached is what a rule of a user's HTTPRoute has that no KIngress can ask for. The user's own values are
// shared, and must not be changed.
type Attached struct {
	// Matches take the place of Rule.Path and Rule.Headers; never empty. Each has a path with its type.
	Matches []gatewayv1.HTTPRouteMatch
	// Filters come beside the headers that the rule sets; there are none if the rule answers 500.
	Filters  []gatewayv1.HTTPRouteFilter
	Timeouts *gatewayv1.HTTPRouteTimeouts
	Retry    *gatewayv1.HTTPRouteRetry
}

// Answers tells that the rule answers itself, without backends.
func (a Attached) Answers() bool {
	return slices.ContainsFunc(a.Filters, func(f gatewayv1.HTTPRouteFilter) bool { return f.Type == gatewayv1.HTTPRouteFilterRequestRedirect })
}

// MatchKey identifies a match as Rule.Match does. A gateway takes two of one host with the same key for one.
func MatchKey(match gatewayv1.HTTPRouteMatch) string {
	rule, further := Rule{}, []string{}
	exact := match.Path != nil && match.Path.Type != nil && *match.Path.Type != gatewayv1.PathMatchPathPrefix
	if match.Path != nil && match.Path.Value != nil {
		rule.Path = *match.Path.Value
	}
	if exact {
		further = append(further, "path "+string(*match.Path.Type)+" "+rule.Path)
	}
	for _, h := range match.Headers {
		rule.Headers = append(rule.Headers, Header{Name: string(h.Name), Value: h.Value})
		if h.Type != nil && *h.Type != gatewayv1.HeaderMatchExact {
			further = append(further, "header "+strings.ToLower(string(h.Name))+" "+string(*h.Type))
		}
	}
	for _, q := range match.QueryParams {
		kind := gatewayv1.QueryParamMatchExact
		if q.Type != nil {
			kind = *q.Type
		}
		further = append(further, "query "+string(q.Name)+" "+string(kind)+" "+q.Value)
	}
	if match.Method != nil {
		further = append(further, "method "+string(*match.Method))
	}
	key := rule.Match()
	if len(further) == 0 {
		return key
	}
	slices.Sort(further)
	return key + "\x00\x00" + strings.Join(further, "\x00")
}
