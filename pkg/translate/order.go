// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"cmp"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// inPlace orders the rules of one HTTPRoute so that those which stand keep their place,
// and the one that most requests meet stands first, where nothing that comes and goes
// moves it.
//
// A gateway tries rules by their matches, so their order means nothing to requests. But
// Envoy Gateway names the cluster of a rule after its index
// (internal/gatewayapi/helpers.go, irRouteDestinationName). A rule that changes its
// place changes its cluster, Envoy gets routes and clusters one after the other, and in
// between answers 503 (response flag NC).
func inPlace(rules []Rule, live *gatewayv1.HTTPRoute) []Rule {
	plain := slices.SortedStableFunc(slices.Values(rules), func(a, b Rule) int { return cmp.Compare(len(a.Headers), len(b.Headers)) })
	if live == nil {
		return plain
	}
	places := map[string]int{}
	for i, rule := range live.Spec.Rules {
		for _, found := range rule.Matches {
			if matched, probes := readMatch(found); !probes {
				places[matched] = i
			}
		}
	}
	place := func(r Rule) int {
		if found, stands := places[r.match()]; stands {
			return found
		}
		return len(live.Spec.Rules)
	}
	kept := slices.SortedStableFunc(slices.Values(plain), func(a, b Rule) int { return cmp.Compare(place(a), place(b)) })
	if overtakes(kept, plain) {
		return plain
	}
	return kept
}

// overtakes tells whether of two rules that a request may meet both, and that are equally
// specific, the wrong one is first: for such a gateway goes by their order.
func overtakes(kept, plain []Rule) bool {
	at := map[string]int{}
	for i, rule := range kept {
		at[rule.match()] = i
	}
	for i, first := range plain {
		for _, second := range plain[i+1:] {
			if at[first.match()] > at[second.match()] && bySpecificity(first, second) == 0 && !apart(first, second) {
				return true
			}
		}
	}
	return false
}

// apart tells that no request meets both rules: their paths differ, or they want different
// values of one header.
func apart(a, b Rule) bool {
	if a.Path != b.Path {
		return true
	}
	return slices.ContainsFunc(a.Headers, func(h Header) bool {
		return slices.ContainsFunc(b.Headers, func(o Header) bool { return h.Name == o.Name && h.Value != o.Value })
	})
}
