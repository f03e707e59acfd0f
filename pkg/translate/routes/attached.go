// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// For returns a Renderer for what a user's HTTPRoute adds to the hosts of the KIngress. Its routes have
// names, versions and markers of their own: a change of one is no new version of the KIngress, nor the other
// way round.
func (r Renderer) For(source *gatewayv1.HTTPRoute) Renderer {
	r.forUser = names.AttachedSuffix(source.Name)
	r.specHash = rollout.Hash("attached", string(source.UID))
	r.mark = fmt.Sprintf("%s.%d", source.UID, source.Generation)
	return r
}

// RenderAttached makes the HTTPRoutes of a set of a user's HTTPRoute. They follow the own ones onto their
// listeners. Where HTTP is redirected, the redirect of the own ones is for all paths.
func (r Renderer) RenderAttached(set rules.RuleSet, gateway input.Gateway) (found []Route) {
	r.report = &conditions.Report{} // what there is to report, the own routes and pkg/translate/attached do
	attachments, _ := r.redirects(set, gateway)
	for _, redirected := range attachments {
		if redirected.protocols == onlyHTTP {
			continue
		}
		for _, attached := range r.attached(redirected, gateway) {
			found = append(found, r.routes(attached, gateway)...)
		}
	}
	return found
}

// attachedRule renders a rule of a user's HTTPRoute.
func (r Renderer) attachedRule(rule rules.Rule, gateway input.Gateway) gatewayv1.HTTPRouteRule {
	rendered := gatewayv1.HTTPRouteRule{Matches: rule.Attached.Matches}
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
