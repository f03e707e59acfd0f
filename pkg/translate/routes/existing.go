// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// serves tells whether a stored route serves requests, and all its backends exist. Some gateways (Traefik)
// call all references of a route unresolved for the sake of one that is gone.
func (r Renderer) serves(route *gatewayv1.HTTPRoute) bool {
	traffic := trafficRules(route)
	return !slices.ContainsFunc(traffic, r.anyGone) && slices.ContainsFunc(traffic, func(rule gatewayv1.HTTPRouteRule) bool {
		return len(rule.BackendRefs) > 0
	})
}

// anyGone tells that a backend of a stored rule does not exist any more. Of another namespace's nothing is
// known.
func (r Renderer) anyGone(rule gatewayv1.HTTPRouteRule) bool {
	return slices.ContainsFunc(rule.BackendRefs, func(ref gatewayv1.HTTPBackendRef) bool {
		return serviceOf(ref, r.in.Ingress.Namespace).Namespace == r.in.Ingress.Namespace && !r.exists(ref)
	})
}

// exists tells that a backend of a stored route is in the KIngress's namespace, with its port.
func (r Renderer) exists(ref gatewayv1.HTTPBackendRef) bool {
	if ref.Kind != nil && *ref.Kind != "Service" || ref.Group != nil && *ref.Group != "" {
		return false // what a user's HTTPRoute names and does not exist
	}
	service := r.in.LiveServices[serviceOf(ref, r.in.Ingress.Namespace)]
	if service == nil || ref.Port == nil || service.Spec.Type == corev1.ServiceTypeExternalName { // which needs no ports
		return service != nil
	}
	_, found := rules.ServicePort(service, intstr.FromInt32(*ref.Port))
	return found
}
