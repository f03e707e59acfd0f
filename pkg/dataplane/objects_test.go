// SPDX-License-Identifier: Apache-2.0

package dataplane_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

func gateway(addresses ...string) *gatewayv1.Gateway {
	gw := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "blue"}}
	for _, address := range addresses {
		gw.Status.Addresses = append(gw.Status.Addresses, gatewayv1.GatewayStatusAddress{Value: address})
	}
	return gw
}

func service(namespace, name string, labels map[string]string, spec corev1.ServiceSpec) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: labels}, Spec: spec}
}

var (
	standard = map[string]string{"gateway.networking.k8s.io/gateway-name": "blue"}
	owning   = map[string]string{"gateway.envoyproxy.io/owning-gateway-name": "blue", "gateway.envoyproxy.io/owning-gateway-namespace": "gateways"}
)

func ports(numbers ...int32) corev1.ServiceSpec {
	spec := corev1.ServiceSpec{}
	for _, number := range numbers {
		spec.Ports = append(spec.Ports, corev1.ServicePort{Port: number})
	}
	return spec
}

// listening gives a Gateway a listener on port 80, and on further ones.
func listening(gw *gatewayv1.Gateway, further ...int32) *gatewayv1.Gateway {
	gw.Spec.Listeners = []gatewayv1.Listener{{Name: "http", Port: 80, Protocol: gatewayv1.HTTPProtocolType}}
	for _, port := range further {
		gw.Spec.Listeners = append(gw.Spec.Listeners, gatewayv1.Listener{Name: gatewayv1.SectionName(fmt.Sprint(port)), Port: port, Protocol: gatewayv1.HTTPProtocolType})
	}
	return gw
}

func published(service *corev1.Service, ip string) *corev1.Service {
	service.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: ip}}
	return service
}

// TestDiscover: B-INS-3, the data plane's Service is found by its labels, and a label
// alone, which a tenant can write, finds nothing.
func TestDiscover(t *testing.T) {
	tests := []struct {
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
	for _, test := range tests {
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

func slice(name string, port int32, endpoints ...discoveryv1.Endpoint) *discoveryv1.EndpointSlice {
	return &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: "system", Name: name, Labels: map[string]string{discoveryv1.LabelServiceName: "envoy"}},
		Ports:      []discoveryv1.EndpointPort{{Name: new("https"), Port: new(int32(10443))}, {Name: new("http"), Port: new(port)}},
		Endpoints:  endpoints,
	}
}

func endpoint(ready *bool, addresses ...string) discoveryv1.Endpoint {
	return discoveryv1.Endpoint{Addresses: addresses, Conditions: discoveryv1.EndpointConditions{Ready: ready}}
}

// TestEndpoints: B-RDY-1, every ready data-plane pod, at the pods' own port.
func TestEndpoints(t *testing.T) {
	envoy := service("system", "envoy", nil, corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "http", Port: 80}, {Name: "https", Port: 443}}})
	foreign := slice("foreign", 10080, endpoint(nil, "10.9.9.9"))
	foreign.Namespace = "tenant"
	other := slice("other", 10080, endpoint(nil, "10.9.9.8"))
	other.Labels[discoveryv1.LabelServiceName] = "other"
	all := []*discoveryv1.EndpointSlice{
		slice("b", 10080, endpoint(new(true), "10.0.0.2"), endpoint(new(false), "10.0.0.3"), endpoint(nil, "10.0.0.1")),
		slice("six", 10080, endpoint(new(true), "fd00::1")),
		slice("again", 10080, endpoint(new(true), "10.0.0.2")),
		foreign, other,
	}
	http3 := service("system", "envoy", nil, corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "http3", Port: 443, Protocol: corev1.ProtocolUDP}, {Name: "https", Port: 443, Protocol: corev1.ProtocolTCP}}})
	unnamed := service("system", "envoy", nil, corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}})
	nameless := slice("nameless", 10080, endpoint(nil, "10.0.0.1"))
	nameless.Ports = []discoveryv1.EndpointPort{{Port: new(int32(8080))}}
	tests := []struct {
		name    string
		service *corev1.Service
		port    int32
		slices  []*discoveryv1.EndpointSlice
		want    []string
	}{
		{"no Service", nil, 80, all, nil},
		{"a port that the Service does not have", envoy, 8080, all, nil},
		{"ready ones, once each, sorted, in brackets", envoy, 80, all, []string{"10.0.0.1:10080", "10.0.0.2:10080", "[fd00::1]:10080"}},
		{"the port of the listener", envoy, 443, all[:1], []string{"10.0.0.1:10443", "10.0.0.2:10443"}},
		{"a port without a name", unnamed, 80, []*discoveryv1.EndpointSlice{nameless}, []string{"10.0.0.1:8080"}},
		{"HTTP/3 is not HTTPS", http3, 443, all[:1], []string{"10.0.0.1:10443", "10.0.0.2:10443"}},
		{"no slices", envoy, 80, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := dataplane.Endpoints(dataplane.Listener{Port: test.port}, test.service, test.slices)
			if !slices.Equal(got, test.want) {
				t.Errorf("Endpoints() = %v, want %v", got, test.want)
			}
		})
	}
}

// TestLeads: B-RDY-9, a Service leads from a port to its pods if it has it by TCP; a headless one
// leads to the pods themselves.
func TestLeads(t *testing.T) {
	with := func(protocol corev1.Protocol, clusterIP string) *corev1.Service {
		return service("system", "envoy", nil, corev1.ServiceSpec{ClusterIP: clusterIP, Ports: []corev1.ServicePort{{Name: "http", Port: 80, Protocol: protocol}}})
	}
	pods := func(port int32) []*discoveryv1.EndpointSlice {
		other := slice("other", 9999, endpoint(nil, "10.9.9.8"))
		other.Labels[discoveryv1.LabelServiceName] = "other"
		return []*discoveryv1.EndpointSlice{slice("a", port, endpoint(nil, "10.0.0.1")), other}
	}
	tests := []struct {
		name    string
		service *corev1.Service
		pods    int32
		want    bool
	}{
		{"it has the port", with("", "10.96.0.1"), 10080, true},
		{"by TCP", with(corev1.ProtocolTCP, "10.96.0.1"), 10080, true},
		{"by UDP only", with(corev1.ProtocolUDP, "10.96.0.1"), 10080, false},
		{"it has another one", service("system", "envoy", nil, ports(8080)), 8080, false},
		{"headless, and the pods listen elsewhere", with("", corev1.ClusterIPNone), 10080, false},
		{"headless, and the pods listen there", with("", corev1.ClusterIPNone), 80, true},
		{"another name", service("system", "envoy", nil, corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName}), 80, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := dataplane.Leads(80, test.service, pods(test.pods)); got != test.want {
				t.Errorf("Leads() = %t", got)
			}
		})
	}
}

// TestAddresses: B-RDY-1, B-RDY-2: what the Gateway publishes, with the listener's port.
func TestAddresses(t *testing.T) {
	got := dataplane.Addresses(dataplane.Listener{Port: 8080}, gateway("203.0.113.1", "", "fd00::1", "lb.example.com"), nil, nil)
	if diff := cmp.Diff([]string{"203.0.113.1:8080", "[fd00::1]:8080", "lb.example.com:8080"}, got); diff != "" {
		t.Error(diff)
	}
}

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
