// SPDX-License-Identifier: Apache-2.0

package translate

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// setHeaders is the filter that sets request headers; nil when there are none, so
// that no empty filter is ever written (SPEC B-TRN-2).
func setHeaders(set []rules.Header) []gatewayv1.HTTPRouteFilter {
	if len(set) == 0 {
		return nil
	}
	return []gatewayv1.HTTPRouteFilter{{
		Type:                  gatewayv1.HTTPRouteFilterRequestHeaderModifier,
		RequestHeaderModifier: &gatewayv1.HTTPHeaderFilter{Set: httpHeaders(set)},
	}}
}

func httpHeaders(set []rules.Header) []gatewayv1.HTTPHeader {
	list := make([]gatewayv1.HTTPHeader, 0, len(set))
	for _, header := range set {
		list = append(list, gatewayv1.HTTPHeader{Name: gatewayv1.HTTPHeaderName(header.Name), Value: header.Value})
	}
	return list
}
