// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

const (
	httpsPort        = 443
	movedPermanently = 301
)

// redirects cuts the hosts out of a set whose HTTP requests must be redirected: their rules are served
// over HTTPS only, and a set of its own redirects HTTP (SPEC B-TLS-2). A host that was never redirected
// is served over HTTP until its listener works. A host that is redirected stays so if its listener fails:
// it must not fall back to HTTP because a Secret is broken.
func (r Renderer) redirects(set rules.RuleSet, gateway input.Gateway) (sets []attachment, uses listeners.Uses) {
	if set.Visibility != v1alpha1.IngressVisibilityExternalIP || r.in.Ingress.Spec.HTTPOption != v1alpha1.HTTPOptionRedirected {
		return []attachment{{RuleSet: set}}, uses
	}
	redirected, plain := map[int32][]string{}, []string{}
	for _, host := range set.Hosts {
		to, possible := r.redirectTarget(host, gateway)
		switch works := to.Programmed || r.redirected.Has(gatewayv1.Hostname(host)); {
		case possible && works:
			port := gateway.ClientPort(to.Port)
			redirected[port] = append(redirected[port], host)
			if to.Foreign {
				uses.Foreign = append(uses.Foreign, to)
			}
			continue
		case possible && !to.Foreign: // the controller does not wait for a foreign listener
			uses.Awaited = append(uses.Awaited, to)
		}
		plain = append(plain, host)
	}
	for _, port := range slices.Sorted(maps.Keys(redirected)) {
		sets = append(sets,
			attachment{RuleSet: set.Of(redirected[port], set.Rules), protocols: onlyHTTPS},
			attachment{RuleSet: set.Of(redirected[port], rules.Redirected(set.Rules, port)), protocols: onlyHTTP})
	}
	if len(plain) > 0 {
		sets = append(sets, attachment{RuleSet: set.Of(plain, set.Rules)})
	}
	return sets, uses
}

// redirectTarget is the listener to which requests for a host can be redirected, if there is one.
func (r Renderer) redirectTarget(host string, gateway input.Gateway) (to listeners.Termination, possible bool) {
	external := r.plan.At(v1alpha1.IngressVisibilityExternalIP)
	to, found := external.Termination(host)
	port := gateway.ClientPort(to.Port)
	gap := conditions.Gap{Field: "spec.httpOption"}
	switch {
	case !found:
		if !external.Named(host) {
			return listeners.Termination{}, false // Serving writes Redirected before there is a certificate
		}
		gap.Detail = fmt.Sprintf("requests for host %s are answered over plain HTTP and not redirected to HTTPS: there is no listener for its certificate", host)
	case !gateway.Features.Has(gwfeatures.SupportHTTPRouteSchemeRedirect):
		gap.Feature, gap.Detail = gwfeatures.SupportHTTPRouteSchemeRedirect, "requests are not redirected to HTTPS"
	case port != httpsPort && !gateway.Features.Has(gwfeatures.SupportHTTPRoutePortRedirect):
		gap.Feature, gap.Detail = gwfeatures.SupportHTTPRoutePortRedirect, "requests are not redirected to HTTPS, which is on another port than 443"
	case len(gateway.HTTPListeners) == 0:
		gap.Detail = "Gateway " + gateway.Name.String() + " has no HTTP listener from which to redirect"
	default:
		return to, true
	}
	r.report.AddGap(gap)
	return listeners.Termination{}, false
}

// redirectedHosts are the hosts that stored routes redirect. A redirect of a user is for some paths only.
func redirectedHosts(stored map[string]*gatewayv1.HTTPRoute) sets.Set[gatewayv1.Hostname] {
	found := sets.New[gatewayv1.Hostname]()
	for name, route := range stored {
		if !names.IsAttached(name) && slices.ContainsFunc(route.Spec.Rules, isRedirect) {
			found.Insert(route.Spec.Hostnames...)
		}
	}
	return found
}

// redirect renders the rule that redirects.
func redirect(rule rules.Rule) gatewayv1.HTTPRouteRule {
	filter := &gatewayv1.HTTPRequestRedirectFilter{Scheme: new("https"), StatusCode: new(movedPermanently)}
	if rule.Redirect != httpsPort {
		filter.Port = new(rule.Redirect)
	}
	return gatewayv1.HTTPRouteRule{
		Matches: []gatewayv1.HTTPRouteMatch{match(rule)},
		Filters: []gatewayv1.HTTPRouteFilter{{Type: gatewayv1.HTTPRouteFilterRequestRedirect, RequestRedirect: filter}},
	}
}
