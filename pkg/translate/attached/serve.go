// SPDX-License-Identifier: Apache-2.0

package attached

import (
	"maps"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/translate/backendtls"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// maxBackends is the Gateway API's limit for the backendRefs of one rule.
const maxBackends = 16

// serve is a rule with its backends, and one more for each tag of these; or why it cannot be served.
func (r *reader) serve(i int, rule gatewayv1.HTTPRouteRule, matches []gatewayv1.HTTPRouteMatch) ([]rules.Rule, *problem) {
	if why := either(r.checkFilters(rule), checkFields(rule, r.gateway)); why != nil {
		return nil, why
	}
	served := rules.Rule{Field: fieldOf(i), Path: *matches[0].Path.Value, Attached: &rules.Attached{Matches: matches, Filters: rule.Filters}}
	if served.Attached.Answers() {
		return []rules.Rule{served}, nil
	}
	offers, why := r.offersOf(i, rule)
	if why != nil {
		return nil, why
	}
	all := []rules.Rule{}
	for _, tag := range append([][]rules.Header{nil}, tagsOf(offers)...) {
		tagged := served
		tagged.Attached = &rules.Attached{Timeouts: timeoutsOf(rule, r.gateway), Retry: rule.Retry}
		if tagged.Attached.Matches, why = withHeaders(matches, tag); why != nil {
			return nil, why
		}
		if len(tagged.Attached.Matches) == 0 {
			continue // no request has both
		}
		if len(tag) > 0 && !r.claims.room(r.set.Visibility, len(tagged.Attached.Matches)) {
			return nil, unsupported(".backendRefs", "with those of the tags, the HTTPRoutes of %s have more than %d matches", r.name(), maxMatches)
		}
		if tagged.Backends, why = r.resolved(served, compose(offers, tag)); why != nil {
			return nil, why
		}
		tagged.Attached.Filters = withoutServings(rule.Filters, tagged.Backends)
		if why := checkCount(tagged.Attached.Filters, tagged.Backends); why != nil {
			return nil, why
		}
		all = append(all, tagged)
	}
	return all, nil
}

// withHeaders are matches that want further headers. A match that wants another value of one of these
// matches no such request, and is left out.
func withHeaders(matches []gatewayv1.HTTPRouteMatch, headers []rules.Header) ([]gatewayv1.HTTPRouteMatch, *problem) {
	if len(headers) == 0 {
		return matches, nil
	}
	found := []gatewayv1.HTTPRouteMatch{}
	for _, match := range matches {
		if slices.ContainsFunc(match.Headers, func(h gatewayv1.HTTPHeaderMatch) bool {
			return slices.ContainsFunc(headers, func(other rules.Header) bool { return strings.EqualFold(other.Name, string(h.Name)) })
		}) {
			continue
		}
		if count := len(match.Headers) + len(headers); count > rules.MaxHeaders {
			return nil, unsupported(".matches", "%d headers to match together with those of tags, an HTTPRoute matches %d at most", count, rules.MaxHeaders)
		}
		match.Headers = slices.Clone(match.Headers)
		for _, h := range headers {
			match.Headers = append(match.Headers, gatewayv1.HTTPHeaderMatch{Type: new(gatewayv1.HeaderMatchExact), Name: gatewayv1.HTTPHeaderName(h.Name), Value: h.Value})
		}
		found = append(found, match)
	}
	return found, nil
}

// resolved gives the backends of a rule their ports, or says why an HTTPRoute cannot have them.
func (r *reader) resolved(rule rules.Rule, backends []rules.Backend) ([]rules.Backend, *problem) {
	if len(backends) > maxBackends {
		return nil, unsupported(".backendRefs", "%d backends with all Revisions, an HTTPRoute rule holds %d different ones at most", len(backends), maxBackends)
	}
	rule.Backends = backends
	found, report := rules.Resolve([]rules.Rule{rule}, r.in.Services, r.gateway)
	if len(report.Refusals) > 0 {
		return nil, refusedBecause(report.Refusals[0])
	}
	backends = found[0].Backends
	headers := slices.ContainsFunc(backends, func(b rules.Backend) bool { return len(b.Set) > 0 || b.Modify != nil })
	if len(backends) > 1 && headers && !r.gateway.Features.Has(gwfeatures.SupportHTTPRouteBackendRequestHeaderModification) {
		return nil, unsupported(".backendRefs", "requests for several Revisions need headers for each: %s", lacks(r.gateway, gwfeatures.SupportHTTPRouteBackendRequestHeaderModification))
	}
	secured := backendtls.Secure(r.in, rules.RuleSet{Rules: found}, r.gateway)
	if secured.Impossible {
		return nil, refusedBecause(secured.Report.Refusals[0])
	}
	maps.Copy(r.policies, secured.Policies)
	return backends, nil
}

// refusedBecause is a refusal about a backend. Its field would be that of the KIngress that names the backend.
func refusedBecause(refusal *conditions.Refusal) *problem {
	if refusal.Wait {
		return &problem{".backendRefs", gatewayv1.RouteReasonBackendNotFound, refusal.Detail}
	}
	return unsupported(".backendRefs", "%s", refusal.Detail)
}
