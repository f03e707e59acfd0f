// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// ClientPort is the port at which clients reach the listeners of a port (SPEC B-TRN-8): the Service's port of the same
// number; else the lowest that leads to this port of the pods, as where Traefik listens on 8000 behind 80; else the
// listeners' own.
func ClientPort(listener int32, service *corev1.Service, slicesOf []*discoveryv1.EndpointSlice) int32 {
	if service == nil || portOf(service, listener) != nil {
		return listener
	}
	leading := slices.DeleteFunc(slices.Clone(service.Spec.Ports), func(port corev1.ServicePort) bool {
		return !isTCP(port) || podPort(port.Name, service, slicesOf) != listener
	})
	if len(leading) == 0 {
		return listener
	}
	return slices.MinFunc(leading, func(a, b corev1.ServicePort) int { return cmp.Compare(a.Port, b.Port) }).Port
}

// listenerPort is the port of listeners that clients reach at a port: that of the pods, where the Gateway's listeners
// have the pods' ports; else the clients' own.
func listenerPort(client int32, gateway *gatewayv1.Gateway, service *corev1.Service, slicesOf []*discoveryv1.EndpointSlice) int32 {
	pods := slices.ContainsFunc(gateway.Spec.Listeners, func(listener gatewayv1.Listener) bool {
		return ClientPort(listener.Port, service, slicesOf) != listener.Port
	})
	at := portOf(service, client)
	if !pods || at == nil {
		return client
	}
	return cmp.Or(podPort(at.Name, service, slicesOf), client)
}

// podPort is the pods' port behind a Service's port of that name, or 0.
func podPort(name string, service *corev1.Service, slicesOf []*discoveryv1.EndpointSlice) int32 {
	for _, slice := range slicesOf {
		if port := slicePort(slice, name); isOf(slice, service) && port != 0 {
			return port
		}
	}
	return 0
}

// ProtocolConflict says what to change on a Gateway where a listener speaks another protocol than HTTPS on a port, as
// where a load balancer terminates TLS; it is empty when none does. An HTTPS listener on that port would, by the Gateway
// API, be conflicted, and so would the one that was there first.
func ProtocolConflict(port int32, gateway *gatewayv1.Gateway) string {
	for _, listener := range gateway.Spec.Listeners {
		if listener.Port == port && listener.Protocol != gatewayv1.HTTPSProtocolType && listener.Protocol != gatewayv1.TLSProtocolType && listener.Protocol != gatewayv1.UDPProtocolType {
			return fmt.Sprintf("%s: listener %s of Gateway %s/%s speaks %s on port %d: give it another port",
				gatewayv1.ListenerReasonProtocolConflict, listener.Name, gateway.Namespace, gateway.Name, listener.Protocol, port)
		}
	}
	return ""
}
