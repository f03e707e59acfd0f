// SPDX-License-Identifier: Apache-2.0

package attached

import (
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// offer is what one backend of a rule serves.
type offer struct {
	weight int32
	// variants are its rules, by the headers that they match: those of tags, and one without.
	variants []rules.Rule
	modify   *gatewayv1.HTTPHeaderFilter
}

// variant is the rule of a backend for requests that have these headers: that which matches most of them.
func (o offer) variant(headers []rules.Header) (rules.Rule, bool) {
	best, found := rules.Rule{}, false
	for _, rule := range o.variants {
		matches := !slices.ContainsFunc(rule.Headers, func(wanted rules.Header) bool { return !has(headers, wanted) })
		if matches && (!found || len(rule.Headers) > len(best.Headers)) {
			best, found = rule, true
		}
	}
	return best, found
}

func has(headers []rules.Header, wanted rules.Header) bool {
	return slices.ContainsFunc(headers, func(h rules.Header) bool { return strings.EqualFold(h.Name, wanted.Name) && h.Value == wanted.Value })
}

// tagsOf are the lists of headers by which the backends of a rule tell requests apart, each once: those of
// the tags of Knative Services.
func tagsOf(offers []offer) [][]rules.Header {
	found := [][]rules.Header{}
	for _, offer := range offers {
		for _, rule := range offer.variants {
			known := func(headers []rules.Header) bool { return slices.Equal(headers, rule.Headers) }
			if len(rule.Headers) > 0 && !slices.ContainsFunc(found, known) {
				found = append(found, rule.Headers)
			}
		}
	}
	return found
}

// compose is the split of the requests with some headers over the Services to which the backends lead, each
// with its weight in the rule, and with the headers that it needs.
func compose(offers []offer, headers []rules.Header) []rules.Backend {
	backends, shares := []rules.Backend{}, []int64{}
	for _, offer := range offers {
		variant, found := offer.variant(headers)
		if !found {
			continue // a Knative Service serves requests without tags, so there is one
		}
		total := int32(0)
		for _, backend := range variant.Backends {
			total += backend.Weight
		}
		for _, backend := range variant.Backends {
			part := share(offer.weight, backend.Weight, total)
			backend.Set, backend.Modify = rules.MergeHeaders(variant.Set, backend.Set), offer.modify
			if at := slices.IndexFunc(backends, func(known rules.Backend) bool { return alike(known, backend) }); at >= 0 {
				shares[at] += part
				continue
			}
			backends, shares = append(backends, backend), append(shares, part)
		}
	}
	for i, weight := range weightsOf(shares) {
		backends[i].Weight = weight
	}
	return backends
}

// alike tells that two backends are one for a gateway.
func alike(a, b rules.Backend) bool {
	return a.Service == b.Service && a.Port == b.Port && slices.Equal(a.Set, b.Set) && a.Modify == b.Modify && (a.Unresolved == nil) == (b.Unresolved == nil)
}
