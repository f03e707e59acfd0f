// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// activatorRules are what a KIngress of Serving comes to: the activator, which is in
// the way of small Revisions, needs the headers.
func (p *place) activatorRules(revision string) []gatewayv1.HTTPRouteRule {
	backend := gatewayv1.HTTPBackendRef{}
	backend.Name, backend.Port = gatewayv1.ObjectName(revision), new(gatewayv1.PortNumber(80))
	return []gatewayv1.HTTPRouteRule{{
		BackendRefs: []gatewayv1.HTTPBackendRef{backend},
		Filters: []gatewayv1.HTTPRouteFilter{{
			Type: gatewayv1.HTTPRouteFilterRequestHeaderModifier,
			RequestHeaderModifier: &gatewayv1.HTTPHeaderFilter{Set: []gatewayv1.HTTPHeader{
				{Name: "Knative-Serving-Namespace", Value: p.namespace},
				{Name: "Knative-Serving-Revision", Value: revision},
			}},
		}},
	}}
}

// patchRoute writes fields of an HTTPRoute's spec.
func (p *place) patchRoute(ctx context.Context, name string, spec map[string]any) error {
	patch, err := json.Marshal(map[string]any{"spec": spec})
	if err != nil {
		return err
	}
	_, err = p.gateway.GatewayV1().HTTPRoutes(p.namespace).Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}
