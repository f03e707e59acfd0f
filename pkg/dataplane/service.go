// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Labels by which the Services of a Gateway are found. GatewayNameLabel is the
// standard (GEP-1762) and trusted in the Gateway's own namespace only. The owning
// labels are Envoy Gateway's, whose Services stand in its own namespace.
const (
	GatewayNameLabel     = gatewayv1.GatewayNameLabelKey
	OwningNameLabel      = "gateway.envoyproxy.io/owning-gateway-name"
	OwningNamespaceLabel = "gateway.envoyproxy.io/owning-gateway-namespace"
)

// Discover finds the Service of a Gateway among candidates, or nil. A label alone
// proves nothing, since a tenant can write it: outside the Gateway's namespace the
// Gateway must publish an address of the Service (SPEC B-INS-3). Labels may be on other
// Services of the Gateway too: Contour puts them on that of its own control plane. So of
// several the one counts that the Gateway publishes, then one that has a port for a listener,
// then the alphabetically first, so that the answer is stable.
func Discover(gateway *gatewayv1.Gateway, candidates []*corev1.Service) *corev1.Service {
	found := slices.DeleteFunc(slices.Clone(candidates), func(s *corev1.Service) bool {
		return !standardLabelled(gateway, s) && !(ownerLabelled(gateway, s) && publishes(gateway, s))
	})
	if len(found) == 0 {
		return nil
	}
	return slices.MinFunc(found, func(a, b *corev1.Service) int {
		return cmp.Or(
			cmp.Compare(distance(gateway, a), distance(gateway, b)),
			strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
}

// distance is smaller the more there is to say that a Service leads to the Gateway's listeners.
func distance(gateway *gatewayv1.Gateway, service *corev1.Service) int {
	switch {
	case publishes(gateway, service):
		return 0
	case slices.ContainsFunc(gateway.Spec.Listeners, func(listener gatewayv1.Listener) bool {
		return slices.ContainsFunc(service.Spec.Ports, func(port corev1.ServicePort) bool { return port.Port == listener.Port })
	}):
		return 1
	}
	return 2
}

func standardLabelled(gateway *gatewayv1.Gateway, service *corev1.Service) bool {
	return service.Namespace == gateway.Namespace && service.Labels[GatewayNameLabel] == gateway.Name
}

func ownerLabelled(gateway *gatewayv1.Gateway, service *corev1.Service) bool {
	return service.Labels[OwningNameLabel] == gateway.Name && service.Labels[OwningNamespaceLabel] == gateway.Namespace
}

// publishes tells whether an address of the Gateway is one that the cluster gave to the
// Service. External IPs do not count: whoever may write a Service can claim any.
func publishes(gateway *gatewayv1.Gateway, service *corev1.Service) bool {
	own := slices.Concat(service.Spec.ClusterIPs, []string{service.Spec.ClusterIP})
	for _, ingress := range service.Status.LoadBalancer.Ingress {
		own = append(own, ingress.IP, ingress.Hostname)
	}
	return slices.ContainsFunc(gateway.Status.Addresses, func(address gatewayv1.GatewayStatusAddress) bool {
		return address.Value != "" && address.Value != corev1.ClusterIPNone && slices.Contains(own, address.Value)
	})
}

// Exposure says how a Service can be reached from outside the cluster, or nothing
// when it cannot. A local gateway should not be (SPEC B-SEL-7).
func Exposure(service *corev1.Service) string {
	switch {
	case service == nil:
		return ""
	case service.Spec.Type == corev1.ServiceTypeLoadBalancer, service.Spec.Type == corev1.ServiceTypeNodePort:
		return fmt.Sprintf("Service %s/%s is of type %s", service.Namespace, service.Name, service.Spec.Type)
	case len(service.Spec.ExternalIPs) > 0:
		return fmt.Sprintf("Service %s/%s has external IPs", service.Namespace, service.Name)
	}
	return ""
}
