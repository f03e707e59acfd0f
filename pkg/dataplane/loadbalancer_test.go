// SPDX-License-Identifier: Apache-2.0

package dataplane_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// TestLoadBalancer: B-RDY-5, one entry with one field.
func TestLoadBalancer(t *testing.T) {
	host := gatewayv1.HostnameAddressType
	named := gateway("203.0.113.1")
	named.Status.Addresses = append([]gatewayv1.GatewayStatusAddress{{Type: &host, Value: "lb.example.com"}}, named.Status.Addresses...)
	hostOnly := gateway()
	hostOnly.Status.Addresses = named.Status.Addresses[:1]
	tests := []struct {
		name    string
		gateway *gatewayv1.Gateway
		service *corev1.Service
		want    []v1alpha1.LoadBalancerIngressStatus
	}{
		{"the Service's name comes first", gateway("203.0.113.1"), service("system", "envoy", nil, corev1.ServiceSpec{}), []v1alpha1.LoadBalancerIngressStatus{{DomainInternal: "envoy.system.svc.cluster.local"}}},
		{"an address without a type is an IP", gateway("", "203.0.113.1", "203.0.113.2"), nil, []v1alpha1.LoadBalancerIngressStatus{{IP: "203.0.113.1"}}},
		{"an IP before a name, whatever their order", named, nil, []v1alpha1.LoadBalancerIngressStatus{{IP: "203.0.113.1"}}},
		{"a name", hostOnly, nil, []v1alpha1.LoadBalancerIngressStatus{{Domain: "lb.example.com"}}},
		{"nothing yet", gateway(), nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, dataplane.LoadBalancer(test.gateway, test.service)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
