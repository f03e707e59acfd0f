// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Attached is what a rule of a user's HTTPRoute has that no KIngress can ask for. The user's own values are
// shared, and must not be changed.
type Attached struct {
	// Name is the user's name of the rule, or nil. It is that of one rule, and not of those for tags besides.
	Name *gatewayv1.SectionName
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
