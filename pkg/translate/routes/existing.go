// SPDX-License-Identifier: Apache-2.0

package routes

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// exists tells that a backend of a stored route is in the KIngress's namespace, with its port.
func (r Renderer) exists(ref gatewayv1.HTTPBackendRef) bool {
	service := r.in.LiveServices[serviceOf(ref, r.in.Ingress.Namespace)]
	if service == nil || ref.Port == nil || service.Spec.Type == corev1.ServiceTypeExternalName { // which needs no ports
		return service != nil
	}
	_, found := rules.ServicePort(service, intstr.FromInt32(*ref.Port))
	return found
}

// isGone tells that a backend of a stored route does not exist any more. Of another namespace's nothing is
// known.
func (r Renderer) isGone(ref gatewayv1.HTTPBackendRef) bool {
	return serviceOf(ref, r.in.Ingress.Namespace).Namespace == r.in.Ingress.Namespace && !r.exists(ref)
}
