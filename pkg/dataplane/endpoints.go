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
// sorted. The Service's port with the listener's number names the pods' port, which
// may differ (Envoy Gateway listens above 10000 for ports below 1024).
func Endpoints(listener Listener, service *corev1.Service, slicesOf []*discoveryv1.EndpointSlice) []string {
	if service == nil {
		return nil
	}
	at := slices.IndexFunc(service.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == listener.Port })
	if at < 0 {
		return nil
	}
	addresses := []string{}
	for _, slice := range slicesOf {
		if slice.Namespace != service.Namespace || slice.Labels[discoveryv1.LabelServiceName] != service.Name {
			continue
		}
		port := slicePort(slice, service.Spec.Ports[at].Name)
		if port == 0 {
			continue
		}
		for _, endpoint := range slice.Endpoints {
			if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
				for _, address := range endpoint.Addresses {
					addresses = append(addresses, net.JoinHostPort(address, strconv.Itoa(int(port))))
				}
			}
		}
	}
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

func slicePort(slice *discoveryv1.EndpointSlice, name string) int32 {
	for _, port := range slice.Ports {
		if port.Port != nil && (port.Name == nil && name == "" || port.Name != nil && *port.Name == name) {
			return *port.Port
		}
	}
	return 0
}

// Addresses lists the addresses that the Gateway publishes for a listener, as
// host:port in the Gateway's order.
func Addresses(listener Listener, gateway *gatewayv1.Gateway) []string {
	addresses := []string{}
	for _, address := range gateway.Status.Addresses {
		if address.Value != "" {
			addresses = append(addresses, net.JoinHostPort(address.Value, strconv.Itoa(int(listener.Port))))
		}
	}
	return addresses
}
