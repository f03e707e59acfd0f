// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/network"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Exposure says how clients outside the cluster can reach a data plane; it is empty when they cannot. They should not
// reach that of a local gateway (SPEC B-SEL-7). Without a Service the published address decides, and without that the
// Gateway's addresses: the published address stays while these, or the Service of that name, come and go.
func Exposure(gateway *gatewayv1.Gateway, service *corev1.Service, published []v1alpha1.LoadBalancerIngressStatus) string {
	switch {
	case service == nil:
	case service.Spec.Type == corev1.ServiceTypeLoadBalancer, service.Spec.Type == corev1.ServiceTypeNodePort:
		return fmt.Sprintf("Service %s/%s is of type %s", service.Namespace, service.Name, service.Spec.Type)
	case len(service.Spec.ExternalIPs) > 0:
		return fmt.Sprintf("Service %s/%s has external IPs", service.Namespace, service.Name)
	}
	addresses, named := []string{}, service != nil
	for _, ingress := range published {
		addresses, named = append(addresses, ingress.IP, ingress.Domain), named || ingress.DomainInternal != ""
	}
	if !named && gateway != nil {
		for _, address := range gateway.Status.Addresses {
			addresses = append(addresses, address.Value)
		}
	}
	if public := slices.IndexFunc(addresses, isPublic); public >= 0 {
		return fmt.Sprintf("it publishes address %s, which is not a private one", addresses[public])
	}
	return ""
}

// sharedAddresses are those of RFC 6598, which providers route only within their networks.
var sharedAddresses = netip.MustParsePrefix("100.64.0.0/10")

// isPublic tells whether clients outside the cluster may reach an address. It resolves no names: all but those of the
// cluster count as public.
func isPublic(address string) bool {
	if ip, err := netip.ParseAddr(address); err == nil {
		ip = ip.Unmap()
		return ip.IsGlobalUnicast() && !ip.IsPrivate() && !sharedAddresses.Contains(ip)
	}
	name := "." + strings.TrimSuffix(address, ".")
	return address != "" && !strings.HasSuffix(name, ".svc") && !strings.HasSuffix(name, "."+network.GetClusterDomainName())
}
