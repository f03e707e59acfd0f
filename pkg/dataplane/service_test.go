// SPDX-License-Identifier: Apache-2.0

package dataplane_test

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// TestDiscoverWithoutAddress: B-INS-3, B-RDY-7, the Service of a Gateway that publishes no address
// counts where tenants cannot write: in the Gateway's namespace, or in that of its controller.
// B-RDY-8: one whose name was published counts while it has its labels.
func TestDiscoverWithoutAddress(t *testing.T) {
	const envoy, system = "gateway.envoyproxy.io/gatewayclass-controller", "envoy-gateway-system"
	owned := func(namespace, name string) *corev1.Service { return service(namespace, name, owning, ports(80)) }
	shared := func(namespace, name string, port int32) *corev1.Service {
		return published(service(namespace, name, owning, ports(port)), "203.0.113.1")
	}
	working := func(gateway *gatewayv1.Gateway, listener gatewayv1.SectionName) *gatewayv1.Gateway {
		gateway.Status.Listeners = []gatewayv1.ListenerStatus{{Name: listener, Conditions: []metav1.Condition{{Type: "Programmed", Status: metav1.ConditionTrue}}}}
		return gateway
	}
	other := service(system, "other", map[string]string{"gateway.envoyproxy.io/owning-gateway-name": "green", "gateway.envoyproxy.io/owning-gateway-namespace": "gateways"}, ports(80))
	nodePort := owned(system, "envoy-blue")
	nodePort.Spec.Type = corev1.ServiceTypeNodePort
	external := owned(system, "envoy-blue")
	external.Spec.ExternalIPs = []string{"203.0.113.1"}
	tests := []struct {
		name       string
		owner      dataplane.Owner
		candidates []*corev1.Service
		want       string
	}{
		{"in the namespace of its controller", dataplane.Owner{Gateway: gateway(), Controller: envoy}, []*corev1.Service{owned(system, "envoy-blue")}, system + "/envoy-blue"},
		{"whose address is a node's", dataplane.Owner{Gateway: gateway("192.168.0.1"), Controller: envoy}, []*corev1.Service{nodePort}, system + "/envoy-blue"},
		{"whose address its spec demands", dataplane.Owner{Gateway: gateway("203.0.113.1"), Controller: envoy}, []*corev1.Service{external}, system + "/envoy-blue"},
		{"of another Gateway", dataplane.Owner{Gateway: gateway(), Controller: envoy}, []*corev1.Service{other}, ""},
		{"in the namespace of a tenant: forged", dataplane.Owner{Gateway: gateway(), Controller: envoy}, []*corev1.Service{owned("a-tenant", "evil")}, ""},
		{"forged beside the real one", dataplane.Owner{Gateway: gateway(), Controller: envoy}, []*corev1.Service{owned("a-tenant", "evil"), owned(system, "envoy-blue")}, system + "/envoy-blue"},
		{"in a namespace of that name, under another controller", dataplane.Owner{Gateway: gateway(), Controller: "example.com/other"}, []*corev1.Service{owned(system, "envoy-blue")}, ""},
		{"under a controller that is not known", dataplane.Owner{Gateway: gateway()}, []*corev1.Service{owned(system, "envoy-blue")}, ""},
		{"forged, with an address that the balancer shares", dataplane.Owner{Gateway: listening(gateway("203.0.113.1")), Controller: envoy},
			[]*corev1.Service{shared("a-tenant", "evil", 8081), shared(system, "envoy-blue", 80)}, system + "/envoy-blue"},
		{"the same, where the controller's namespace is another: the port is taken", dataplane.Owner{Gateway: listening(gateway("203.0.113.1")), Controller: envoy},
			[]*corev1.Service{shared("a-tenant", "evil", 8081), shared("somewhere", "envoy-blue", 80)}, "somewhere/envoy-blue"},
		{"forged alone, with an address that the balancer shares", dataplane.Owner{Gateway: listening(gateway("203.0.113.1")), Controller: envoy},
			[]*corev1.Service{shared("a-tenant", "evil", 8081)}, ""},
		{"forged with the port of one listener of two, the other one's Service being unknown", dataplane.Owner{Gateway: listening(gateway("203.0.113.1"), 8443), Controller: envoy},
			[]*corev1.Service{shared("a-tenant", "evil", 8443)}, ""},
		{"a listener that does not work has no port", dataplane.Owner{Gateway: working(listening(gateway("203.0.113.1"), 8443), "http"), Controller: envoy},
			[]*corev1.Service{shared("a-tenant", "evil", 8443), shared("somewhere", "envoy-blue", 80)}, "somewhere/envoy-blue"},
		{"no listeners, no ports: it may be a tenant's", dataplane.Owner{Gateway: gateway("203.0.113.1"), Controller: envoy},
			[]*corev1.Service{shared("somewhere", "envoy-blue", 80)}, ""},
		{"what was published, though its address is gone", dataplane.Owner{Gateway: gateway(), Published: types.NamespacedName{Namespace: "somewhere", Name: "envoy-blue"}},
			[]*corev1.Service{owned("a-tenant", "evil"), owned("somewhere", "envoy-blue")}, "somewhere/envoy-blue"},
		{"what was published, before another", dataplane.Owner{Gateway: gateway(), Published: types.NamespacedName{Namespace: "gateways", Name: "z"}},
			[]*corev1.Service{service("gateways", "a", standard, ports(80)), service("gateways", "z", standard, ports(80))}, "gateways/z"},
		{"what was published has lost its labels", dataplane.Owner{Gateway: gateway(), Published: types.NamespacedName{Namespace: "gateways", Name: "z"}},
			[]*corev1.Service{service("gateways", "a", standard, ports(80)), service("gateways", "z", nil, ports(80))}, "gateways/a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if found := dataplane.Discover(test.owner, test.candidates); found != nil {
				got = found.Namespace + "/" + found.Name
			}
			if got != test.want {
				t.Errorf("Discover() = %q, want %q", got, test.want)
			}
		})
	}
}

// discoveries are candidates for the Service of a Gateway with the one that is found, if any.
var discoveries = []struct {
	name       string
	gateway    *gatewayv1.Gateway
	candidates []*corev1.Service
	want       string
}{{
	name: "nothing there", gateway: gateway("10.0.0.1"),
}, {
	name: "the standard label in the Gateway's namespace", gateway: gateway(),
	candidates: []*corev1.Service{service("gateways", "envoy-blue", standard, corev1.ServiceSpec{})}, want: "gateways/envoy-blue",
}, {
	name: "the standard label in another namespace is forged", gateway: gateway("10.0.0.1"),
	candidates: []*corev1.Service{service("tenant", "evil", standard, corev1.ServiceSpec{ClusterIP: "10.0.0.1"})},
}, {
	name: "the standard label of another Gateway", gateway: gateway(),
	candidates: []*corev1.Service{service("gateways", "other", map[string]string{"gateway.networking.k8s.io/gateway-name": "green"}, corev1.ServiceSpec{})},
}, {
	name: "owner labels with the Gateway's cluster IP", gateway: gateway("10.0.0.1"),
	candidates: []*corev1.Service{service("system", "envoy", owning, corev1.ServiceSpec{ClusterIPs: []string{"fd00::1", "10.0.0.1"}})}, want: "system/envoy",
}, {
	name: "owner labels with the Gateway's load balancer", gateway: listening(gateway("203.0.113.1")),
	candidates: []*corev1.Service{published(service("system", "envoy", owning, ports(80)), "203.0.113.1")}, want: "system/envoy",
}, {
	name: "owner labels alone are forged", gateway: gateway("10.0.0.1"),
	candidates: []*corev1.Service{service("tenant", "evil", owning, corev1.ServiceSpec{ClusterIP: "10.0.0.9"})},
}, {
	name: "half of the owner labels", gateway: gateway("10.0.0.1"),
	candidates: []*corev1.Service{service("system", "envoy", map[string]string{"gateway.envoyproxy.io/owning-gateway-name": "blue"}, corev1.ServiceSpec{ClusterIP: "10.0.0.1"})},
}, {
	name: "a tenant can write any external IP: it proves nothing", gateway: gateway("203.0.113.1"),
	candidates: []*corev1.Service{service("a-tenant", "evil", owning, corev1.ServiceSpec{ClusterIP: "10.0.0.9", ExternalIPs: []string{"203.0.113.1"}})},
}, {
	name: "a Gateway without an address proves nothing", gateway: gateway(""),
	candidates: []*corev1.Service{service("system", "envoy", owning, corev1.ServiceSpec{})},
}, {
	name: "None is not an address", gateway: gateway("None"),
	candidates: []*corev1.Service{service("system", "envoy", owning, corev1.ServiceSpec{ClusterIP: "None"})},
}, {
	name: "of several the alphabetically first", gateway: gateway(),
	candidates: []*corev1.Service{service("gateways", "z", standard, corev1.ServiceSpec{}), service("gateways", "a", standard, corev1.ServiceSpec{})}, want: "gateways/a",
}, {
	name: "not the control plane's: the Gateway publishes the other", gateway: listening(gateway("203.0.113.1")),
	candidates: []*corev1.Service{
		service("gateways", "a-contour", standard, ports(80)),
		published(service("gateways", "envoy", standard, ports(8001)), "203.0.113.1"),
	}, want: "gateways/envoy",
}, {
	name: "not the control plane's: no listener has its port", gateway: listening(gateway()),
	candidates: []*corev1.Service{service("gateways", "a-contour", standard, ports(8001)), service("gateways", "envoy", standard, ports(443, 80))}, want: "gateways/envoy",
}, {
	name: "not one that has the listener's port by UDP", gateway: listening(gateway()),
	candidates: []*corev1.Service{
		service("gateways", "a-dns", standard, corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80, Protocol: corev1.ProtocolUDP}}}),
		service("gateways", "envoy", standard, ports(80)),
	}, want: "gateways/envoy",
}}

// TestDiscover: B-INS-3, the data plane's Service is found by its labels, and a label
// alone, which a tenant can write, finds nothing.
func TestDiscover(t *testing.T) {
	for _, test := range discoveries {
		t.Run(test.name, func(t *testing.T) {
			before := slices.Clone(test.candidates)
			found := dataplane.Discover(dataplane.Owner{Gateway: test.gateway}, test.candidates)
			got := ""
			if found != nil {
				got = found.Namespace + "/" + found.Name
			}
			if got != test.want {
				t.Errorf("Discover() = %q, want %q", got, test.want)
			}
			if !slices.Equal(before, test.candidates) {
				t.Error("The candidates were changed")
			}
		})
	}
}
