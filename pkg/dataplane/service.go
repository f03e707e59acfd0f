// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/features"
)

// GatewayNameLabel is the standard label of a Gateway's Service (GEP-1762), trusted in the Gateway's own namespace only.
const GatewayNameLabel = gatewayv1.GatewayNameLabelKey

// Selectors are the labels of which a Service in front of a Gateway's pods has one, the standard label first; Labels are all
// by which it is found.
var Selectors, Labels = serviceLabels()

func serviceLabels() (selectors, all []string) {
	selectors, all = []string{GatewayNameLabel}, []string{GatewayNameLabel}
	for _, labels := range features.Services("") {
		selectors = append(selectors, labels.Selector())
		all = append(all, labels.Selector())
		if labels.Class == "" {
			all = append(all, labels.GatewayNamespace)
		}
	}
	return selectors, all
}

// Discover finds the Service of a Gateway among candidates, or nil. A label alone proves nothing,
// since a tenant can write it: outside the Gateway's namespace and that of its controller (SPEC
// B-INS-3) the Gateway must publish an address that is the Service's alone. The published Service was
// found like this before, and is returned while it has the labels, whatever addresses the Gateway loses
// (SPEC B-RDY-8). Other Services may have the labels, too: Contour labels that of its control plane.
// So Discover prefers a Service where tenants cannot write, then one that the Gateway publishes, then
// one that has a port for a listener, then the alphabetically first.
func Discover(owner Owner, candidates []*corev1.Service) *corev1.Service {
	var found *corev1.Service
	for _, candidate := range candidates {
		switch labelled := Claims(candidate, owner.Gateway); {
		case labelled && owner.published(candidate):
			return candidate
		case !labelled || !owner.system(candidate) && !publishesOnly(owner.Gateway, candidate):
		case found == nil || owner.compare(candidate, found) < 0:
			found = candidate
		}
	}
	return found
}

// Owner is the Gateway whose Service is to be found.
type Owner struct {
	Gateway *gatewayv1.Gateway
	// Controller is that of its class; empty when it is not known.
	Controller gatewayv1.GatewayController
	// Published is the Service whose name is in the status of the KIngress.
	Published types.NamespacedName
}

func (o Owner) published(service *corev1.Service) bool {
	return o.Published == types.NamespacedName{Namespace: service.Namespace, Name: service.Name}
}

// Claims tells whether a Service has the labels of a Gateway. A tenant may have forged them.
func Claims(service *corev1.Service, gateway *gatewayv1.Gateway) bool {
	return named(service, gateway) || slices.ContainsFunc(features.Services(""), func(labels features.ServiceLabels) bool { return owned(service, gateway, labels) })
}

func named(service *corev1.Service, gateway *gatewayv1.Gateway) bool {
	return service.Namespace == gateway.Namespace && service.Labels[GatewayNameLabel] == gateway.Name
}

// owned tells whether a Service has those labels with the name of the Gateway, or with that of its class.
func owned(service *corev1.Service, gateway *gatewayv1.Gateway, labels features.ServiceLabels) bool {
	if labels.Class != "" {
		return service.Labels[labels.Class] == string(gateway.Spec.GatewayClassName) && gateway.Spec.GatewayClassName != ""
	}
	return service.Labels[labels.Gateway] == gateway.Name && service.Labels[labels.GatewayNamespace] == gateway.Namespace
}

// system tells whether a Service with the Gateway's labels is where no tenant can write it.
func (o Owner) system(service *corev1.Service) bool {
	return named(service, o.Gateway) || o.Controller != "" && slices.ContainsFunc(features.Services(o.Controller), func(labels features.ServiceLabels) bool {
		return service.Namespace == labels.Namespace && owned(service, o.Gateway, labels)
	})
}

// compare is negative when a is more likely than b to lead to the Gateway's listeners.
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
// Service. External IPs do not count, because the author of a Service can write any.
func publishes(gateway *gatewayv1.Gateway, service *corev1.Service) bool {
	return listsOne(gateway, clusterIPsOf(service)) || listsOne(gateway, loadBalancersOf(service))
}

// publishesOnly tells whether such an address leads to no other Service at the Gateway's listeners.
// Load balancers (klipper, MetalLB) share an address among Services with different ports, so theirs
// counts if the Service has the ports of all programmed listeners.
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

// takesAll tells whether a Service has the ports of all programmed listeners of the Gateway, or of all
// listeners while none is programmed. A listener that is not programmed may have no port there.
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
