// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/network"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Published is the address in the status of a KIngress, with facts about it.
type Published struct {
	Address []v1alpha1.LoadBalancerIngressStatus
	// Here tells that the address was published for this Gateway.
	Here bool
	// Exists tells that the address is the name of a Service that exists.
	Exists bool
	// Named tells that the entry in config-gateway names its Service.
	Named bool
}

// Next is what to publish now, and what to publish instead once it has answered; nil for nothing.
// When a KIngress gets an address of another kind, Serving deletes and recreates its Services. So the
// published address stays as long as it may be right (SPEC B-RDY-8): the name of a Service while
// that exists, or while nothing else answers; an address of the Gateway while the Gateway lists it,
// in whatever order, or lists none.
func (p Published) Next(gateway *gatewayv1.Gateway, service *corev1.Service) (now, next []v1alpha1.LoadBalancerIngressStatus) {
	candidate := LoadBalancer(gateway, service)
	if len(p.Address) != 1 || slices.Equal(p.Address, candidate) {
		return candidate, nil
	}
	switch published := p.Address[0]; {
	case published.DomainInternal != "":
		return p.insteadOfName(candidate)
	case published.IP+published.Domain != "":
		return p.insteadOfAddress(gateway, candidate)
	}
	return candidate, nil // it leads to no Gateway
}

func (p Published) insteadOfName(candidate []v1alpha1.LoadBalancerIngressStatus) (now, next []v1alpha1.LoadBalancerIngressStatus) {
	if !p.Here {
		return candidate, nil
	}
	if len(candidate) == 0 {
		return p.Address, nil
	}
	isName := candidate[0].DomainInternal != ""
	if isName && p.Named || !p.Exists && !p.Named || !p.Exists && isName {
		return p.Address, candidate
	}
	return p.Address, nil // stay: `service` may be a mistake
}

func (p Published) insteadOfAddress(gateway *gatewayv1.Gateway, candidate []v1alpha1.LoadBalancerIngressStatus) (now, next []v1alpha1.LoadBalancerIngressStatus) {
	published := p.Address[0].IP + p.Address[0].Domain
	if slices.ContainsFunc(gateway.Status.Addresses, func(a gatewayv1.GatewayStatusAddress) bool { return a.Value == published }) {
		return p.Address, nil
	}
	if !p.Here {
		return candidate, nil
	}
	if others := LoadBalancer(gateway, nil); len(others) > 0 {
		return others, nil
	}
	return p.Address, nil
}

// ServiceOf is the Service whose name is published, if one is.
func ServiceOf(address []v1alpha1.LoadBalancerIngressStatus) types.NamespacedName {
	if len(address) != 1 {
		return types.NamespacedName{}
	}
	name, rest, _ := strings.Cut(address[0].DomainInternal, ".")
	namespace, _, _ := strings.Cut(rest, ".")
	if name == "" || namespace == "" || network.GetServiceHostname(name, namespace) != address[0].DomainInternal {
		return types.NamespacedName{}
	}
	return types.NamespacedName{Namespace: namespace, Name: name}
}
