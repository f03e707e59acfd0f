// SPDX-License-Identifier: Apache-2.0

package dataplane_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

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
