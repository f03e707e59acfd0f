// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/http/header"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// warmingPath is where probes ask for backends that get no traffic yet: those that are warmed.
const warmingPath = "/.well-known/net-gateways-probe/new/"

// retainedPath is the path of the rules that retain backends which have lost their traffic.
const retainedPath = "/.well-known/net-gateways-probe/old/"

// trafficRules are the rules for requests, without those for probes.
func trafficRules(route *gatewayv1.HTTPRoute) []gatewayv1.HTTPRouteRule {
	return slices.DeleteFunc(slices.Clone(route.Spec.Rules), isProbed)
}

// isProbed recognises the rules for probes by the header that they match and set.
func isProbed(rule gatewayv1.HTTPRouteRule) bool {
	if len(rule.Matches) != 1 || len(rule.Matches[0].Headers) != 1 || len(rule.Filters) == 0 || rule.Filters[0].RequestHeaderModifier == nil {
		return false
	}
	matched, set := rule.Matches[0].Headers[0], rule.Filters[0].RequestHeaderModifier.Set
	return string(matched.Name) == header.HashKey && matched.Value == header.HashValueOverride && len(set) == 1 && string(set[0].Name) == header.HashKey
}

// isWarmingRule recognises the rules for backends that are warmed by their path.
func isWarmingRule(rule gatewayv1.HTTPRouteRule) bool { return isProbedAt(rule, warmingPath) }

func isProbedAt(rule gatewayv1.HTTPRouteRule, path string) bool {
	return isProbed(rule) && rule.Matches[0].Path != nil && rule.Matches[0].Path.Value != nil && strings.HasPrefix(*rule.Matches[0].Path.Value, path)
}

// backendOf names the backend of a backendRef, as Backend.String does.
func backendOf(ref gatewayv1.HTTPBackendRef) string {
	backend := rules.Backend{Service: types.NamespacedName{Name: string(ref.Name)}}
	if ref.Namespace != nil {
		backend.Service.Namespace = string(*ref.Namespace)
	}
	if ref.Port != nil {
		backend.Port.IntVal = *ref.Port
	}
	return backend.String()
}

// isRetainedRule recognises the rules for backends that are retained by their path.
func isRetainedRule(rule gatewayv1.HTTPRouteRule) bool { return isProbedAt(rule, retainedPath) }

func isRedirect(rule gatewayv1.HTTPRouteRule) bool {
	return len(rule.Filters) == 1 && rule.Filters[0].Type == gatewayv1.HTTPRouteFilterRequestRedirect
}

// LeadsTo are the Services to which the rules of an HTTPRoute lead, those for probes included.
func LeadsTo(route *gatewayv1.HTTPRoute) sets.Set[types.NamespacedName] {
	found := sets.New[types.NamespacedName]()
	for _, rule := range route.Spec.Rules {
		for _, ref := range rule.BackendRefs {
			found.Insert(serviceOf(ref, route.Namespace))
		}
	}
	return found
}

func serviceOf(ref gatewayv1.HTTPBackendRef, namespace string) types.NamespacedName {
	if ref.Namespace != nil {
		namespace = string(*ref.Namespace)
	}
	return types.NamespacedName{Namespace: namespace, Name: string(ref.Name)}
}

func hostsOf(route *gatewayv1.HTTPRoute) []string {
	hosts := make([]string, 0, len(route.Spec.Hostnames))
	for _, host := range route.Spec.Hostnames {
		hosts = append(hosts, string(host))
	}
	return hosts
}

// readMatch is Rule.Match of a rendered match, and whether it is that of a rule for probes.
func readMatch(rendered gatewayv1.HTTPRouteMatch) (matched string, probes bool) {
	probes = slices.ContainsFunc(rendered.Headers, func(h gatewayv1.HTTPHeaderMatch) bool { return strings.EqualFold(string(h.Name), header.HashKey) })
	return rules.MatchKey(rendered), probes
}
