// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// mergeHeaders adds later to earlier; a later value for the same name wins, because
// it would have been set afterwards. Names compare without case, as HTTP does.
func mergeHeaders(earlier, later []Header) []Header {
	merged := slices.Clone(earlier)
	for _, header := range later {
		at := slices.IndexFunc(merged, func(h Header) bool { return strings.EqualFold(h.Name, header.Name) })
		if at >= 0 {
			merged[at] = header
			continue
		}
		merged = append(merged, header)
	}
	slices.SortFunc(merged, func(a, b Header) int { return strings.Compare(a.Name, b.Name) })
	return merged
}

// setHeaders is the filter that sets request headers; nil when there are none, so
// that no empty filter is ever written (SPEC B-TRN-2).
func setHeaders(set []Header) []gatewayv1.HTTPRouteFilter {
	if len(set) == 0 {
		return nil
	}
	return []gatewayv1.HTTPRouteFilter{{
		Type:                  gatewayv1.HTTPRouteFilterRequestHeaderModifier,
		RequestHeaderModifier: &gatewayv1.HTTPHeaderFilter{Set: httpHeaders(set)},
	}}
}

func httpHeaders(set []Header) []gatewayv1.HTTPHeader {
	list := make([]gatewayv1.HTTPHeader, 0, len(set))
	for _, header := range set {
		list = append(list, gatewayv1.HTTPHeader{Name: gatewayv1.HTTPHeaderName(header.Name), Value: header.Value})
	}
	return list
}
