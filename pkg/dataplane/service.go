// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
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

// Labels are all of them.
var Labels = []string{GatewayNameLabel, OwningNameLabel, OwningNamespaceLabel}

// systemNamespaces are where the implementations of these controllers keep the Services of all
// Gateways, as their installation has it. Tenants cannot write there.
var systemNamespaces = map[gatewayv1.GatewayController]string{
	"gateway.envoyproxy.io/gatewayclass-controller": "envoy-gateway-system",
}

// Discover finds the Service of a Gateway among candidates, or nil. A label alone proves nothing,
// since a tenant can write it: outside the Gateway's namespace and that of its controller (SPEC
// B-INS-3; the controller is empty when it is not known) the Gateway must publish an address that
// is the Service's alone. Published is the Service whose name stands in the status of the KIngress; it was found like
// this before, and counts while it has its labels, whatever addresses the Gateway loses (SPEC
// B-RDY-8). Labels may be on other Services of the Gateway too: Contour puts them on that of its
// own control plane. So of several the one counts that stands where tenants cannot write, then one
// that the Gateway publishes, then one that has a port for a listener, then the alphabetically
// first, so that the answer is stable.
func Discover(owner Owner, candidates []*corev1.Service) *corev1.Service {
	var found *corev1.Service
	for _, candidate := range candidates {
		switch labelled := owner.labels(candidate); {
		case labelled && owner.published(candidate):
			return candidate
		case !labelled || !owner.system(candidate) && !publishesOnly(owner.Gateway, candidate):
		case found == nil || owner.compare(candidate, found) < 0:
			found = candidate
		}
	}
	return found
}

// Owner is the Gateway whose Service is looked for, and what is known of it.
type Owner struct {
	Gateway    *gatewayv1.Gateway
	Controller gatewayv1.GatewayController
	Published  types.NamespacedName
}

func (o Owner) published(service *corev1.Service) bool {
	return o.Published == types.NamespacedName{Namespace: service.Namespace, Name: service.Name}
}

// labels tells whether a Service says of itself that it is the Gateway's.
func (o Owner) labels(service *corev1.Service) bool { return Claims(service, o.name()) }

// Claims tells whether a Service says of itself that it is that of the Gateway of this name, which
// may not be true.
func Claims(service *corev1.Service, gateway types.NamespacedName) bool {
	return named(service, gateway) || owned(service, gateway)
}

func (o Owner) name() types.NamespacedName {
	return types.NamespacedName{Namespace: o.Gateway.Namespace, Name: o.Gateway.Name}
}

func named(service *corev1.Service, gateway types.NamespacedName) bool {
	return service.Namespace == gateway.Namespace && service.Labels[GatewayNameLabel] == gateway.Name
}

func owned(service *corev1.Service, gateway types.NamespacedName) bool {
	return service.Labels[OwningNameLabel] == gateway.Name && service.Labels[OwningNamespaceLabel] == gateway.Namespace
}

// system tells whether a Service with the Gateway's labels stands where no tenant can write it.
func (o Owner) system(service *corev1.Service) bool {
	if named(service, o.name()) {
		return true
	}
	namespace, known := systemNamespaces[o.Controller]
	return known && service.Namespace == namespace && owned(service, o.name())
}

// compare is negative when there is more to say that a leads to the Gateway's listeners.
func (o Owner) compare(a, b *corev1.Service) int {
	return cmp.Or(
		first(o.system(a), o.system(b)),
		first(publishes(o.Gateway, a), publishes(o.Gateway, b)),
		first(listens(o.Gateway, a), listens(o.Gateway, b)),
		strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
}

func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// listens tells whether a Service has a port of one of the Gateway's listeners.
func listens(gateway *gatewayv1.Gateway, service *corev1.Service) bool {
	return slices.ContainsFunc(gateway.Spec.Listeners, func(listener gatewayv1.Listener) bool {
		return portOf(service, listener.Port) != nil
	})
}

// publishes tells whether an address of the Gateway is one that the cluster gave to the
// Service. External IPs do not count: whoever may write a Service can claim any.
func publishes(gateway *gatewayv1.Gateway, service *corev1.Service) bool {
	return listsOne(gateway, clusterIPsOf(service)) || listsOne(gateway, loadBalancersOf(service))
}

// publishesOnly tells whether such an address leads to no other Service at the Gateway's listeners.
// Load balancers share an address among Services (klipper and MetalLB do), each with ports of its
// own: so that of a balancer counts where the Service has the ports of all listeners that work.
func publishesOnly(gateway *gatewayv1.Gateway, service *corev1.Service) bool {
	return listsOne(gateway, clusterIPsOf(service)) || takesAll(gateway, service) && listsOne(gateway, loadBalancersOf(service))
}

func listsOne(gateway *gatewayv1.Gateway, addresses []string) bool {
	return slices.ContainsFunc(gateway.Status.Addresses, func(address gatewayv1.GatewayStatusAddress) bool {
		return address.Value != "" && address.Value != corev1.ClusterIPNone && slices.Contains(addresses, address.Value)
	})
}

func clusterIPsOf(service *corev1.Service) []string {
	return slices.Concat(service.Spec.ClusterIPs, []string{service.Spec.ClusterIP})
}

func loadBalancersOf(service *corev1.Service) []string {
	addresses := []string{}
	for _, ingress := range service.Status.LoadBalancer.Ingress {
		addresses = append(addresses, ingress.IP, ingress.Hostname)
	}
	return addresses
}

// takesAll tells whether a Service has the ports of all the Gateway's listeners that work, or of all
// while the gateway says of none that it does. A listener that does not may have no port there.
func takesAll(gateway *gatewayv1.Gateway, service *corev1.Service) bool {
	work, some := programmedListeners(gateway), false
	for _, listener := range gateway.Spec.Listeners {
		if listener.Protocol == gatewayv1.UDPProtocolType || work.Len() > 0 && !work.Has(listener.Name) {
			continue
		}
		if some = true; portOf(service, listener.Port) == nil {
			return false
		}
	}
	return some
}
