// SPDX-License-Identifier: Apache-2.0

package dataplane_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// TestExposure: B-SEL-7, how a private data plane can be reached from outside.
func TestExposure(t *testing.T) {
	const publishes, notPrivate = "it publishes address ", ", which is not a private one"
	clusterIP := service("system", "envoy", nil, corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP})
	tests := []struct {
		name    string
		gateway *gatewayv1.Gateway
		service *corev1.Service
		want    string
	}{
		{"nothing", nil, nil, ""},
		{"no Service, no address", gateway(), nil, ""},
		{"a cluster IP", gateway("10.96.0.7"), clusterIP, ""},
		{"a load balancer", gateway(), service("system", "envoy", nil, corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer}), "Service system/envoy is of type LoadBalancer"},
		{"a node port", gateway(), service("system", "envoy", nil, corev1.ServiceSpec{Type: corev1.ServiceTypeNodePort}), "Service system/envoy is of type NodePort"},
		{"external IPs", gateway(), service("system", "envoy", nil, corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP, ExternalIPs: []string{"203.0.113.1"}}), "Service system/envoy has external IPs"},
		{"no Service, a public address", gateway("10.0.0.1", "203.0.113.1"), nil, publishes + "203.0.113.1" + notPrivate},
		{"no Service, a public address of IPv6", gateway("2001:db8::1"), nil, publishes + "2001:db8::1" + notPrivate},
		{"a Service that tells", gateway("203.0.113.1"), clusterIP, ""},
		{"no Service, private addresses", gateway("10.96.0.7", "172.16.0.1", "192.168.1.1", "fd00::1", "::ffff:10.0.0.1", "100.64.0.1", "169.254.0.1", "127.0.0.1", "0.0.0.0"), nil, ""},
		{"no Service, no address at all", gateway(""), nil, ""},
		{"no Service, a name", gateway("lb-1.example.com"), nil, publishes + "lb-1.example.com" + notPrivate},
		{"no Service, a name of the cluster", gateway("envoy.system.svc.cluster.local"), nil, ""},
		{"no Service, a short name of the cluster", gateway("envoy.system.svc"), nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := dataplane.Exposure(test.gateway, test.service, nil); got != test.want {
				t.Errorf("Exposure() = %q, want %q", got, test.want)
			}
		})
	}
	// The published address stays, and so does its exposure (B-RDY-4).
	ip := []v1alpha1.LoadBalancerIngressStatus{{IP: "203.0.113.1"}}
	for _, gateway := range []*gatewayv1.Gateway{nil, gateway(), gateway("203.0.113.1"), gateway("203.0.113.2", "203.0.113.1")} {
		for _, service := range []*corev1.Service{nil, clusterIP} {
			if got, want := dataplane.Exposure(gateway, service, ip), publishes+"203.0.113.1"+notPrivate; got != want {
				t.Errorf("Exposure() = %q, want %q", got, want)
			}
		}
	}
	if got := dataplane.Exposure(gateway("203.0.113.1"), nil, []v1alpha1.LoadBalancerIngressStatus{{DomainInternal: "envoy.system.svc.cluster.local"}}); got != "" {
		t.Errorf("Exposure() = %q while a Service of a published name is away", got)
	}
}
