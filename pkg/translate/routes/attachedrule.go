// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// attachedRule renders a rule of a user's HTTPRoute.
func (r Renderer) attachedRule(rule rules.Rule, gateway input.Gateway) gatewayv1.HTTPRouteRule {
	rendered := gatewayv1.HTTPRouteRule{Name: rule.Attached.Name, Matches: rule.Attached.Matches}
	if rule.Attached.Answers() {
		rendered.Filters = rule.Attached.Filters
	}
	if len(rule.Backends) == 0 {
		return rendered
	}
	rule = rule.SetOnce(gateway)
	rendered.Filters = withHeaders(rule.Attached.Filters, rule.Set)
	rendered.Timeouts, rendered.Retry = rule.Attached.Timeouts, rule.Attached.Retry
	for _, backend := range rule.Backends {
		rendered.BackendRefs = append(rendered.BackendRefs, attachedRef(backend))
	}
	return rendered
}

// withHeaders are filters that set headers besides what they do. A rule has one filter of request headers.
func withHeaders(filters []gatewayv1.HTTPRouteFilter, set []rules.Header) []gatewayv1.HTTPRouteFilter {
	if len(set) == 0 {
		return filters
	}
	filters = slices.Clone(filters)
	for i, filter := range filters {
		if filter.RequestHeaderModifier != nil {
			modified := *filter.RequestHeaderModifier
			modified.Set = slices.Concat(modified.Set, httpHeaders(set))
			filters[i].RequestHeaderModifier = &modified
			return filters
		}
	}
	return append(setHeaders(set), filters...)
}

func attachedRef(backend rules.Backend) gatewayv1.HTTPBackendRef {
	ref := backendRef(backend)
	if backend.Unresolved != nil {
		ref.BackendObjectReference = *backend.Unresolved
		ref.Group, ref.Kind = orDefault(ref.Group, ""), orDefault(ref.Kind, "Service")
		return ref
	}
	if backend.Modify != nil {
		ref.Filters = []gatewayv1.HTTPRouteFilter{{Type: gatewayv1.HTTPRouteFilterRequestHeaderModifier, RequestHeaderModifier: backend.Modify}}
	}
	ref.Filters = withHeaders(ref.Filters, backend.Set)
	return ref
}

func orDefault[T any](value *T, otherwise T) *T {
	if value == nil {
		return &otherwise
	}
	return value
}
