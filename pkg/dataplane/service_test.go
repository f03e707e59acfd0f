// SPDX-License-Identifier: Apache-2.0

package dataplane_test

import (
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
