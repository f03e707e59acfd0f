// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	corev1 "k8s.io/api/core/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/network"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// LoadBalancer is the address to publish: exactly one entry with exactly one field,
// as Serving and the conformance suite need it (SPEC B-RDY-5). The Service's name
// comes first, since it does not change; nil when there is no address yet.
func LoadBalancer(gateway *gatewayv1.Gateway, service *corev1.Service) []v1alpha1.LoadBalancerIngressStatus {
	if service != nil {
		return []v1alpha1.LoadBalancerIngressStatus{{DomainInternal: network.GetServiceHostname(service.Name, service.Namespace)}}
	}
	for _, kind := range []gatewayv1.AddressType{gatewayv1.IPAddressType, gatewayv1.HostnameAddressType} {
		for _, address := range gateway.Status.Addresses {
			if address.Value == "" || typeOf(address) != kind {
				continue
			}
			if kind == gatewayv1.IPAddressType {
				return []v1alpha1.LoadBalancerIngressStatus{{IP: address.Value}}
			}
			return []v1alpha1.LoadBalancerIngressStatus{{Domain: address.Value}}
		}
	}
	return nil
}

func typeOf(address gatewayv1.GatewayStatusAddress) gatewayv1.AddressType {
	if address.Type == nil {
		return gatewayv1.IPAddressType
	}
	return *address.Type
}
