// SPDX-License-Identifier: Apache-2.0

package attached

import (
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// touchesServings is a header of Knative that a filter sets, adds or removes; empty if it touches none.
func touchesServings(filter *gatewayv1.HTTPHeaderFilter) string {
	for _, header := range slices.Concat(filter.Set, filter.Add) {
		if isServings(string(header.Name)) {
			return string(header.Name)
		}
	}
	for _, name := range filter.Remove {
		if isServings(name) {
			return name
		}
	}
	return ""
}

// besides is a header filter without the headers that backends set. Gateways differ in whether the filter of
// a rule or that of a backend wins, and Serving relies on its headers.
func besides(filter *gatewayv1.HTTPHeaderFilter, backends []rules.Backend) *gatewayv1.HTTPHeaderFilter {
	if filter == nil {
		return nil
	}
	set := func(name string) bool {
		return slices.ContainsFunc(backends, func(backend rules.Backend) bool {
			return slices.ContainsFunc(backend.Set, func(header rules.Header) bool { return strings.EqualFold(header.Name, name) })
		})
	}
	named := func(header gatewayv1.HTTPHeader) bool { return set(string(header.Name)) }
	left := &gatewayv1.HTTPHeaderFilter{
		Set: slices.DeleteFunc(slices.Clone(filter.Set), named), Add: slices.DeleteFunc(slices.Clone(filter.Add), named),
		Remove: slices.DeleteFunc(slices.Clone(filter.Remove), set),
	}
	if len(left.Set)+len(left.Add)+len(left.Remove) == 0 {
		return nil
	}
	return left
}

// withoutServings are the filters of a rule without what touches a header that its backends set.
func withoutServings(filters []gatewayv1.HTTPRouteFilter, backends []rules.Backend) []gatewayv1.HTTPRouteFilter {
	var kept []gatewayv1.HTTPRouteFilter // as it is stored: without filters, none
	for _, filter := range filters {
		if filter.RequestHeaderModifier != nil {
			if filter.RequestHeaderModifier = besides(filter.RequestHeaderModifier, backends); filter.RequestHeaderModifier == nil {
				continue
			}
		}
		kept = append(kept, filter)
	}
	return kept
}

// checkCount says that the headers of a rule or of a backend are more than an HTTPRoute can set, or nil.
func checkCount(filters []gatewayv1.HTTPRouteFilter, backends []rules.Backend) *problem {
	byRule := 0
	for _, filter := range filters {
		if filter.RequestHeaderModifier != nil {
			byRule = len(filter.RequestHeaderModifier.Set)
		}
	}
	for _, backend := range backends {
		count := len(backend.Set)
		switch {
		case len(backends) == 1:
			count += byRule
		case backend.Modify != nil:
			count += len(backend.Modify.Set)
		}
		if count > rules.MaxHeaders {
			return unsupported(".filters", "%d headers to set together with those of Knative, an HTTPRoute sets %d at most", count, rules.MaxHeaders)
		}
	}
	return nil
}
