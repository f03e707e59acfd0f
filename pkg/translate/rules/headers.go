// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"slices"
	"strings"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// matchedHeaders are those that the path wants, sorted by name; nil for none.
func matchedHeaders(path v1alpha1.HTTPIngressPath) []Header {
	if len(path.Headers) == 0 {
		return nil
	}
	list := make([]Header, 0, len(path.Headers))
	for name, match := range path.Headers {
		list = append(list, Header{Name: name, Value: match.Exact})
	}
	slices.SortFunc(list, byName)
	return list
}

// MergeHeaders adds later to earlier. A later value for the same name wins, because it would have been
// set afterwards. Names compare without case, as in HTTP.
func MergeHeaders(earlier, later []Header) []Header {
	if len(later) == 0 {
		return slices.Clone(earlier)
	}
	merged := append(make([]Header, 0, len(earlier)+len(later)), earlier...)
	for _, header := range later {
		at := slices.IndexFunc(merged, header.sameName)
		if at >= 0 {
			merged[at] = header
			continue
		}
		merged = append(merged, header)
	}
	slices.SortFunc(merged, byName)
	return merged
}

func byName(a, b Header) int { return strings.Compare(a.Name, b.Name) }

// SetOnce moves headers so that none is set both by the rule and by one of its backends: the Gateway API
// does not say which of them wins, and proxies differ. The headers of an only backend become the rule's.
// A header of the rule that a backend sets, too, is moved to the backends.
func (r Rule) SetOnce(gateway input.Gateway) Rule {
	r.Backends = slices.Clone(r.Backends)
	switch {
	case len(r.Backends) == 1:
		r.Set, r.Backends[0].Set = MergeHeaders(r.Set, r.Backends[0].Set), nil
		return r
	case !gateway.Features.Has(gwfeatures.SupportHTTPRouteBackendRequestHeaderModification):
		return r // then backends set none
	}
	byRule, byBackends := []Header{}, []Header{}
	for _, header := range r.Set {
		if slices.ContainsFunc(r.Backends, func(b Backend) bool { return slices.ContainsFunc(b.Set, header.sameName) }) {
			byBackends = append(byBackends, header)
		} else {
			byRule = append(byRule, header)
		}
	}
	r.Set = byRule
	if len(byBackends) > 0 {
		for i := range r.Backends {
			r.Backends[i].Set = MergeHeaders(byBackends, r.Backends[i].Set)
		}
	}
	return r
}
