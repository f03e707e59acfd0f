// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"net"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Endpoints lists the ready data-plane pods that serve a listener, as host:port,
// sorted. The pods' port may differ from the Service's (Envoy Gateway listens above
// 10000 for ports below 1024).
func Endpoints(listener Listener, service *corev1.Service, slicesOf []*discoveryv1.EndpointSlice) []string {
	at := portOf(service, listener.Port)
	if at == nil {
		return nil
	}
	addresses := []string{}
	for _, slice := range slicesOf {
		if !isOf(slice, service) {
			continue
		}
		port := slicePort(slice, at.Name)
		if port == 0 {
			continue
		}
		for _, endpoint := range slice.Endpoints {
			if ready(endpoint) {
				for _, address := range endpoint.Addresses {
					addresses = append(addresses, net.JoinHostPort(address, strconv.Itoa(int(port))))
				}
			}
		}
	}
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

// HasReady tells whether an endpoint of the Service is ready, whatever its ports. There is none of a nil Service.
func HasReady(service *corev1.Service, slicesOf []*discoveryv1.EndpointSlice) bool {
	return service != nil && slices.ContainsFunc(slicesOf, func(slice *discoveryv1.EndpointSlice) bool {
		return isOf(slice, service) && slices.ContainsFunc(slice.Endpoints, ready)
	})
}

// ready is so, too, where the condition is unknown.
func ready(endpoint discoveryv1.Endpoint) bool {
	return endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready
}

// Leads tells whether a port of a Service leads to the pods behind it. The name of a headless
// Service resolves to the pods themselves, so they must listen on this very port. An ExternalName
// may lead anywhere, so it counts.
func Leads(port int32, service *corev1.Service, slicesOf []*discoveryv1.EndpointSlice) bool {
	if service.Spec.Type == corev1.ServiceTypeExternalName {
		return true
	}
	at := portOf(service, port)
	if at == nil || service.Spec.ClusterIP != corev1.ClusterIPNone {
		return at != nil
	}
	return !slices.ContainsFunc(slicesOf, func(slice *discoveryv1.EndpointSlice) bool {
		return isOf(slice, service) && slicePort(slice, at.Name) != port
	})
}

// portOf is the Service's TCP port with that number, or nil. (HTTP/3 has the same number by UDP.)
func portOf(service *corev1.Service, number int32) *corev1.ServicePort {
	if service == nil {
		return nil
	}
	for i, port := range service.Spec.Ports {
		if port.Port == number && isTCP(port) {
			return &service.Spec.Ports[i]
		}
	}
	return nil
}

func isTCP(port corev1.ServicePort) bool {
	return port.Protocol == "" || port.Protocol == corev1.ProtocolTCP
}

// isOf tells whether a slice belongs to a Service.
func isOf(slice *discoveryv1.EndpointSlice, service *corev1.Service) bool {
	return slice.Namespace == service.Namespace && slice.Labels[discoveryv1.LabelServiceName] == service.Name
}

func slicePort(slice *discoveryv1.EndpointSlice, name string) int32 {
	for _, port := range slice.Ports {
		if port.Port != nil && (port.Name == nil && name == "" || port.Name != nil && *port.Name == name) {
			return *port.Port
		}
	}
	return 0
}

// Addresses lists where a listener is asked if not at its pods, as host:port: the addresses that the Gateway publishes, in
// its order. If it publishes none, and the Service's endpoints are ready but do not have its port, these are not what
// serves it (Cilium's agents take its packets, and its one endpoint is a dummy). Then clients in the cluster reach the
// listener at the Service's cluster IPs.
func Addresses(listener Listener, gateway *gatewayv1.Gateway, service *corev1.Service, slicesOf []*discoveryv1.EndpointSlice) []string {
	addresses := []string{}
	add := func(host string) {
		address := net.JoinHostPort(host, strconv.Itoa(int(listener.Port)))
		if host != "" && host != corev1.ClusterIPNone && !slices.Contains(addresses, address) {
			addresses = append(addresses, address)
		}
	}
	for _, address := range gateway.Status.Addresses {
		add(address.Value)
	}
	if len(addresses) == 0 && portOf(service, listener.Port) != nil && HasReady(service, slicesOf) && len(Endpoints(listener, service, slicesOf)) == 0 {
		for _, ip := range clusterIPsOf(service) {
			add(ip)
		}
	}
	return addresses
}
