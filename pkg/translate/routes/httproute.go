// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// NewRenderer is for one KIngress.
func NewRenderer(in input.Input, specHash string, plan listeners.Plan) Renderer {
	return Renderer{in: in, specHash: specHash, plan: plan, names: sets.New[string](), outside: outsideNames(in.Ingress), serving: routesByHost(in.Routes), redirected: redirectedHosts(in.Routes), tags: rules.Tags(in.Ingress), mark: fmt.Sprintf("%s.%d", in.Ingress.UID, in.Ingress.Generation)}
}

// Rendered is what a rule set becomes.
type Rendered struct {
	Routes []Route
	Uses   listeners.Uses
	Report conditions.Report
}

// Render makes the HTTPRoutes of a set. Without rules it has none.
func (r Renderer) Render(set rules.RuleSet, gateway input.Gateway) Rendered {
	found := Rendered{}
	if len(set.Rules) == 0 {
		return found
	}
	r.report = &found.Report
	attachments, uses := r.redirects(set, gateway)
	for _, redirected := range attachments {
		for _, attached := range r.attached(redirected, gateway) {
			found.Routes = append(found.Routes, r.routes(attached, gateway)...)
		}
	}
	found.Uses = uses
	return found
}

// routes renders a set as HTTPRoutes: as many as it takes by the API's limits.
func (r Renderer) routes(set attachment, gateway input.Gateway) []Route {
	if set.protocols == onlyHTTP {
		// The HTTPRoute to which this one redirects must not answer its probes.
		r.specHash = rollout.Hash(r.specHash, names.RedirectSuffix)
	}
	routes := []Route{}
	for _, part := range r.spread(set) {
		if r.names.Has(part.name) {
			r.report.Refuse(*conditions.Unsupported(part.Rules[0].Field, "HTTPRoute %s already serves other hosts of the KIngress, so this rule is not served: change one of the hosts", part.name))
			continue
		}
		r.names.Insert(part.name)
		routes = append(routes, r.route(part, gateway))
	}
	return routes
}

// route renders one HTTPRoute, with all fields that the API server would default, so that it can be
// compared with the stored object without knowledge of defaults.
func (r Renderer) route(set part, gateway input.Gateway) Route {
	object := &gatewayv1.HTTPRoute{ObjectMeta: names.OfRoute(r.in.Ingress, set.name, set.Visibility)}
	object.Spec.Hostnames = make([]gatewayv1.Hostname, 0, len(set.Hosts))
	for _, host := range set.Hosts {
		object.Spec.Hostnames = append(object.Spec.Hostnames, gatewayv1.Hostname(host))
	}
	object.Spec.Rules = make([]gatewayv1.HTTPRouteRule, 0, len(set.Rules)+1) // and one for probes
	for _, rule := range set.Rules {
		object.Spec.Rules = append(object.Spec.Rules, r.rule(rule, gateway))
	}
	step := r.step(set, object, gateway)
	object.Annotations[rollout.Annotation] = step.State.Encode()
	own := r.parents(set, gateway)
	object.Spec.ParentRefs = append(own, r.refsOf(set.name, step.Leaving)...)

	route := Route{Object: object, Visibility: set.Visibility, Leaving: step.Leaving, Unresolved: slices.ContainsFunc(set.Rules, rules.Rule.Unresolved), version: step.State.Hash, ownParents: len(own)}
	if set.protocols != onlyHTTP {
		route.ownSections = r.plan.At(set.Visibility).OwnSections(set.Hosts)
	}
	if warming := step.State.Warming; warming != nil {
		route.Warming, route.version = warming.Batch, r.specHash+renderedHash(object)
		route.Proofs = r.warmingRules(object, set, gateway, warming.Batch)
	} else {
		route.Proofs = r.probeRule(object, set, gateway, answerOf(set, step.State.Hash))
		r.retain(object, gateway)
	}
	nameRules(object.Spec.Rules, r.restName(set.Hosts))
	return route
}

// rule renders one rule. The headers of an only backend are set by the rule, which is a core feature of
// the Gateway API; only a real split needs filters on backends (SPEC B-TRN-2).
//
// A rule that cannot be served has no backends, and no filters either: as the Gateway API says, the
// gateway answers its requests with 500. Without the rule, they would go to the backends of a less
// specific rule or of a wildcard host.
func (r Renderer) rule(rule rules.Rule, gateway input.Gateway) gatewayv1.HTTPRouteRule {
	switch {
	case rule.Attached != nil:
		return r.attachedRule(rule, gateway)
	case rule.Redirect != 0:
		return redirect(rule)
	}
	if len(rule.Backends) == 0 {
		return gatewayv1.HTTPRouteRule{Matches: []gatewayv1.HTTPRouteMatch{match(rule)}}
	}
	rule = rule.SetOnce(gateway)
	rendered := gatewayv1.HTTPRouteRule{
		Matches:     []gatewayv1.HTTPRouteMatch{match(rule)},
		Filters:     append(r.setHeaders(rule.Field, rule.Set), r.rewriteHost(rule, gateway)...),
		BackendRefs: r.backendRefs(rule, gateway),
	}
	if gateway.Features.Has(gwfeatures.SupportHTTPRouteRequestTimeout) {
		// A KIngress has no timeout, because Serving itself ends requests. Without this, a gateway ends
		// them after a default of its own (Envoy: 15 s).
		rendered.Timeouts = &gatewayv1.HTTPRouteTimeouts{Request: new(gatewayv1.Duration("0s"))}
	}
	return rendered
}

func (r Renderer) backendRefs(rule rules.Rule, gateway input.Gateway) []gatewayv1.HTTPBackendRef {
	refs := make([]gatewayv1.HTTPBackendRef, 0, len(rule.Backends))
	for _, backend := range rule.Backends {
		ref := backendRef(backend)
		switch {
		case len(backend.Set) == 0:
		case gateway.Features.Has(gwfeatures.SupportHTTPRouteBackendRequestHeaderModification):
			ref.Filters = r.setHeaders(backend.Field, backend.Set)
		default:
			r.report.AddGap(conditions.Gap{Field: backend.Field + ".appendHeaders", Feature: gwfeatures.SupportHTTPRouteBackendRequestHeaderModification,
				Detail: "headers of a split are not set"})
		}
		refs = append(refs, ref)
	}
	return refs
}

func (r Renderer) rewriteHost(rule rules.Rule, gateway input.Gateway) []gatewayv1.HTTPRouteFilter {
	if rule.RewriteHost == "" {
		return nil
	}
	if !gateway.Features.Has(gwfeatures.SupportHTTPRouteHostRewrite) {
		r.report.AddGap(conditions.Gap{Field: rule.Field + ".rewriteHost", Feature: gwfeatures.SupportHTTPRouteHostRewrite,
			Detail: fmt.Sprintf("the Host header is not rewritten to %s", rule.RewriteHost)})
		return nil
	}
	return []gatewayv1.HTTPRouteFilter{{
		Type:       gatewayv1.HTTPRouteFilterURLRewrite,
		URLRewrite: &gatewayv1.HTTPURLRewriteFilter{Hostname: new(gatewayv1.PreciseHostname(rule.RewriteHost))},
	}}
}

// setHeaders sets headers, and adds a gap for each that the Gateway API cannot set.
func (r Renderer) setHeaders(field string, set []rules.Header) []gatewayv1.HTTPRouteFilter {
	possible := make([]rules.Header, 0, len(set))
	for _, header := range set {
		why := ""
		switch {
		case header.Value == "":
			why = "the Gateway API cannot set an empty header"
		case !header.Possible():
			why = "the Gateway API cannot set such a header"
		case len(possible) == rules.MaxHeaders:
			why = fmt.Sprintf("an HTTPRoute rule sets %d headers at most", rules.MaxHeaders)
		default:
			possible = append(possible, header)
			continue
		}
		r.report.AddGap(conditions.Gap{Field: field + ".appendHeaders[" + header.Name + "]", Detail: why})
	}
	return setHeaders(possible)
}
