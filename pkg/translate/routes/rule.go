// SPDX-License-Identifier: Apache-2.0

package routes

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

func backendRef(backend rules.Backend) gatewayv1.HTTPBackendRef {
	ref := gatewayv1.HTTPBackendRef{}
	ref.Group = new(gatewayv1.Group(""))
	ref.Kind = new(gatewayv1.Kind("Service"))
	ref.Namespace = new(gatewayv1.Namespace(backend.Service.Namespace))
	ref.Name = gatewayv1.ObjectName(backend.Service.Name)
	ref.Port = new(backend.Port.IntVal)
	ref.Weight = new(backend.Weight)
	return ref
}

func match(rule rules.Rule) gatewayv1.HTTPRouteMatch {
	matched := gatewayv1.HTTPRouteMatch{Path: &gatewayv1.HTTPPathMatch{
		Type:  new(gatewayv1.PathMatchPathPrefix),
		Value: new(rule.Path),
	}}
	for _, header := range rule.Headers {
		matched.Headers = append(matched.Headers, gatewayv1.HTTPHeaderMatch{
			Type:  new(gatewayv1.HeaderMatchExact),
			Name:  gatewayv1.HTTPHeaderName(header.Name),
			Value: header.Value,
		})
	}
	return matched
}

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
