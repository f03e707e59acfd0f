// SPDX-License-Identifier: Apache-2.0

package main

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/features"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// routesFor are the HTTPRoutes that a bare client writes for a KIngress.
type routesFor func(*place, *v1alpha1.Ingress) ([]*gatewayv1.HTTPRoute, error)

// sameRoutes have the specs that the plugin writes: besides the rule that requests meet, one
// that answers Knative's probes, with a cluster of its own in Envoy. What ties them to
// their KIngress is left out, because the plugin would take it for its own.
func (p *place) sameRoutes(ing *v1alpha1.Ingress) ([]*gatewayv1.HTTPRoute, error) {
	gateways := map[v1alpha1.IngressVisibility]input.Gateway{}
	for visibility, gateway := range map[v1alpha1.IngressVisibility]gateway{
		v1alpha1.IngressVisibilityExternalIP: p.external, v1alpha1.IngressVisibilityClusterLocal: p.local,
	} {
		gateways[visibility] = input.Gateway{Name: gateway.name, Features: features.Supported(gateway.controller, nil, nil)}
	}
	service := p.newService(ing.Name)
	desired, err := translate.Ingress(input.Input{
		Ingress:  ing,
		Gateways: gateways,
		Services: map[types.NamespacedName]*corev1.Service{{Namespace: service.Namespace, Name: service.Name}: service},
	})
	written := []*gatewayv1.HTTPRoute{}
	for _, object := range desired.Objects() {
		route := &gatewayv1.HTTPRoute{Spec: object.Spec}
		route.Name = object.Name
		written = append(written, route)
	}
	return written, err
}

// smallestRoutes have one rule and nothing in it but the backend.
func (p *place) smallestRoutes(ing *v1alpha1.Ingress) ([]*gatewayv1.HTTPRoute, error) {
	return []*gatewayv1.HTTPRoute{
		p.newRoute(p.localHosts(ing.Name), p.local.name, ing.Name),
		p.newRoute([]string{p.externalHost(ing.Name)}, p.external.name, ing.Name),
	}, nil
}
