// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"cmp"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// inPlace orders the rules of one HTTPRoute so that the stored ones keep their places, and the rule that
// most requests match comes first, where added and removed rules do not move it.
//
// A gateway tries rules by how specific their matches are, so their order means nothing to requests. But
// Envoy Gateway names the cluster of a rule after its index (internal/gatewayapi/helpers.go,
// irRouteDestinationName). So a rule at another index has another cluster. Envoy gets routes and clusters
// one after the other, and answers 503 in between (response flag NC).
func inPlace(wanted []rules.Rule, live *gatewayv1.HTTPRoute) []rules.Rule {
	plain := slices.Clone(wanted)
	slices.SortStableFunc(plain, func(a, b rules.Rule) int { return cmp.Compare(len(a.Headers), len(b.Headers)) })
	if live == nil {
		return plain
	}
	stood := map[string]int{}
	for i, rule := range live.Spec.Rules {
		for _, found := range rule.Matches {
			if matched, probes := readMatch(found); !probes {
				stood[matched] = i
			}
		}
	}
	places, order := make([]int, len(plain)), make([]int, len(plain))
	for i, rule := range plain {
		order[i], places[i] = i, len(live.Spec.Rules)
		if place, stands := stood[rule.Match()]; stands {
			places[i] = place
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(places[a], places[b]) })
	if overtakes(order, plain) {
		return plain
	}
	ordered := make([]rules.Rule, 0, len(plain))
	for _, i := range order {
		ordered = append(ordered, plain[i])
	}
	return ordered
}

// overtakes tells whether the order has the wrong one first of two equally specific rules that can match
// the same request: for these, gateways go by the order.
func overtakes(order []int, plain []rules.Rule) bool {
	for at, later := range order {
		for _, earlier := range order[at+1:] {
			if later > earlier && tie(plain[earlier], plain[later]) {
				return true
			}
		}
	}
	return false
}

// tie tells that some requests match both rules alike, so that their order decides.
func tie(a, b rules.Rule) bool {
	if a.Attached != nil && b.Attached != nil {
		return slices.ContainsFunc(a.Attached.Matches, func(one gatewayv1.HTTPRouteMatch) bool {
			return slices.ContainsFunc(b.Attached.Matches, func(other gatewayv1.HTTPRouteMatch) bool {
				return *one.Path.Type == *other.Path.Type && *one.Path.Value == *other.Path.Value
			})
		})
	}
	return rules.BySpecificity(a, b) == 0 && !apart(a, b)
}

// apart tells that no request matches both rules: their paths differ, or they want different values of a
// header.
func apart(a, b rules.Rule) bool {
	if a.Path != b.Path {
		return true
	}
	return slices.ContainsFunc(a.Headers, func(h rules.Header) bool {
		return slices.ContainsFunc(b.Headers, func(o rules.Header) bool { return h.Name == o.Name && h.Value != o.Value })
	})
}
