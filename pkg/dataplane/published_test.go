// SPDX-License-Identifier: Apache-2.0

package dataplane_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// TestPublished: B-RDY-8, B-RDY-5, an address does not change without need: Serving would delete and
// create the in-cluster Services of all KIngresses.
func TestPublished(t *testing.T) {
	type addresses = []v1alpha1.LoadBalancerIngressStatus
	var (
		ip, other, old = addresses{{IP: "203.0.113.1"}}, addresses{{IP: "203.0.113.2"}}, addresses{{IP: "203.0.113.9"}}
		host           = addresses{{Domain: "lb.example.com"}}
		name, another  = addresses{{DomainInternal: "envoy.system.svc.cluster.local"}}, addresses{{DomainInternal: "other.system.svc.cluster.local"}}
		mesh           = addresses{{MeshOnly: true}}
	)
	envoy, second := service("system", "envoy", owning, corev1.ServiceSpec{}), service("system", "other", owning, corev1.ServiceSpec{})
	listed, turned, elsewhere, none := gateway("203.0.113.1", "203.0.113.2"), gateway("203.0.113.2", "203.0.113.1"), gateway("203.0.113.2"), gateway()
	kind := gatewayv1.HostnameAddressType
	hosted := gateway("203.0.113.1")
	hosted.Status.Addresses = append(hosted.Status.Addresses, gatewayv1.GatewayStatusAddress{Type: &kind, Value: "lb.example.com"})
	tests := []struct {
		name      string
		published dataplane.Published
		gateway   *gatewayv1.Gateway
		service   *corev1.Service
		now, next addresses
	}{
		{"nothing yet", dataplane.Published{}, listed, envoy, name, nil},
		{"nothing yet, and no Service", dataplane.Published{}, listed, nil, ip, nil},
		{"nothing to publish", dataplane.Published{}, none, nil, nil, nil},
		{"no Gateway was published", dataplane.Published{Address: mesh, Here: true}, none, envoy, name, nil},

		{"the name of its Service", dataplane.Published{Address: name, Here: true, Exists: true}, listed, envoy, name, nil},
		{"its addresses go", dataplane.Published{Address: name, Here: true, Exists: true}, none, envoy, name, nil},
		{"its Service is gone", dataplane.Published{Address: name, Here: true}, none, nil, name, nil},
		{"its Service is gone, and the Gateway has an address", dataplane.Published{Address: name, Here: true}, listed, nil, name, ip},
		{"its Service is gone, and another is there", dataplane.Published{Address: name, Here: true}, listed, second, name, another},
		{"its Service has lost its labels", dataplane.Published{Address: name, Here: true, Exists: true}, listed, nil, name, nil},
		{"its Service has lost its labels, and another has them", dataplane.Published{Address: name, Here: true, Exists: true}, listed, second, name, nil},
		{"`service` has a typo", dataplane.Published{Address: name, Here: true, Exists: true, Named: true}, listed, nil, name, nil},
		{"`service` has a typo, and its Service is away", dataplane.Published{Address: name, Here: true, Named: true}, listed, nil, name, nil},
		{"`service` names another", dataplane.Published{Address: name, Here: true, Exists: true, Named: true}, listed, second, name, another},
		{"the name of another Gateway's", dataplane.Published{Address: another, Exists: true}, listed, envoy, name, nil},
		{"the name of another Gateway's, and here is no Service", dataplane.Published{Address: another, Exists: true}, listed, nil, ip, nil},

		{"an address", dataplane.Published{Address: ip, Here: true}, listed, nil, ip, nil},
		{"its order", dataplane.Published{Address: ip, Here: true}, turned, nil, ip, nil},
		{"its order, for who is not proven", dataplane.Published{Address: ip}, turned, nil, ip, nil},
		{"a Service is found", dataplane.Published{Address: ip, Here: true}, listed, envoy, ip, nil},
		{"the Gateway lists none", dataplane.Published{Address: ip, Here: true}, none, nil, ip, nil},
		{"the Gateway lists none, and a Service is found", dataplane.Published{Address: ip, Here: true}, none, envoy, ip, nil},
		{"the Gateway has another", dataplane.Published{Address: ip, Here: true}, elsewhere, nil, other, nil},
		{"the Gateway has another, and a Service is found", dataplane.Published{Address: ip, Here: true}, elsewhere, envoy, other, nil},
		{"a hostname, and an IP comes", dataplane.Published{Address: host, Here: true}, hosted, nil, host, nil},
		{"the address of another Gateway", dataplane.Published{Address: old}, listed, nil, ip, nil},
		{"the address of another Gateway, and here is a Service", dataplane.Published{Address: old}, none, envoy, name, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			now, next := test.published.Next(test.gateway, test.service)
			if diff := cmp.Diff([]addresses{test.now, test.next}, []addresses{now, next}); diff != "" {
				t.Errorf("Published now and next (-want, +got):\n%s", diff)
			}
		})
	}
}

// TestServiceOf: only the name of a Service in this cluster names one.
func TestServiceOf(t *testing.T) {
	for published, want := range map[string]types.NamespacedName{
		"envoy.system.svc.cluster.local": {Namespace: "system", Name: "envoy"},
		"envoy.system.svc.example.com":   {},
		"lb.example.com":                 {},
		"":                               {},
	} {
		if got := dataplane.ServiceOf([]v1alpha1.LoadBalancerIngressStatus{{DomainInternal: published}}); got != want {
			t.Errorf("ServiceOf(%q) = %v, want %v", published, got, want)
		}
	}
	if got := dataplane.ServiceOf(nil); got != (types.NamespacedName{}) {
		t.Errorf("ServiceOf(nil) = %v", got)
	}
}
