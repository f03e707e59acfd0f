// SPDX-License-Identifier: Apache-2.0

package dataplane_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// TestClientPort: B-TRN-8, B-TLS-2, clients reach a listener at the Service's port of its number, else at the one that leads
// to this port of the pods, and new HTTPS listeners are where 443 leads.
func TestClientPort(t *testing.T) {
	number := func(name string, port int32) discoveryv1.EndpointPort {
		return discoveryv1.EndpointPort{Name: new(name), Port: new(port)}
	}
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "data"}}
	service.Spec.Ports = []corev1.ServicePort{
		{Name: "alt", Port: 8080}, {Name: "web", Port: 80}, {Name: "websecure", Port: 443}, {Name: "quic", Port: 90, Protocol: corev1.ProtocolUDP}, {Name: "admin", Port: 9000},
	}
	pods := &discoveryv1.EndpointSlice{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Labels: map[string]string{discoveryv1.LabelServiceName: "data"}}}
	pods.Ports = []discoveryv1.EndpointPort{number("web", 8000), number("alt", 8000), number("websecure", 8443), number("quic", 8001), number("admin", 10000)}
	strange := pods.DeepCopy()
	strange.Namespace, strange.Ports = "shop", []discoveryv1.EndpointPort{number("web", 7000)}
	all := []*discoveryv1.EndpointSlice{strange, pods}
	for name, test := range map[string]struct {
		listener, want int32
		service        *corev1.Service
	}{
		"a port of the Service":       {9000, 9000, service},
		"a port of the pods":          {8443, 443, service},
		"one to which two ports lead": {8000, 80, service},
		"one to which UDP leads":      {8001, 8001, service},
		"one of another Service":      {7000, 7000, service},
		"one to which nothing leads":  {7777, 7777, service},
		"no Service is known":         {8000, 8000, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := dataplane.ClientPort(test.listener, test.service, all); got != test.want {
				t.Errorf("ClientPort(%d) = %d, want %d", test.listener, got, test.want)
			}
		})
	}
	gw := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "public"}}
	for port, want := range map[gatewayv1.PortNumber]int32{8000: 8443, 80: 443} {
		gw.Spec.Listeners = []gatewayv1.Listener{{Name: "web", Port: port, Protocol: gatewayv1.HTTPProtocolType}}
		if got := dataplane.HTTPSPort(gw, dataplane.Tenant{}, service, all); got != want {
			t.Errorf("beside a listener on %d HTTPSPort() = %d, want %d", port, got, want)
		}
	}
}

// TestProtocolConflict: B-TRN-8, where a load balancer ends TLS a Gateway speaks HTTP on 443, and no listener of ours may take
// that away.
func TestProtocolConflict(t *testing.T) {
	gw := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "public"}}
	gw.Spec.Listeners = []gatewayv1.Listener{
		{Name: "http", Port: 80, Protocol: gatewayv1.HTTPProtocolType}, {Name: "quic", Port: 443, Protocol: gatewayv1.UDPProtocolType},
		{Name: "secure", Port: 443, Protocol: gatewayv1.HTTPSProtocolType},
	}
	if got := dataplane.ProtocolConflict(443, gw); got != "" {
		t.Errorf("ProtocolConflict() = %q beside HTTPS", got)
	}
	gw.Spec.Listeners[2].Protocol = gatewayv1.HTTPProtocolType
	const want = "ProtocolConflict: listener secure of Gateway gateways/public speaks HTTP on port 443"
	if got := dataplane.ProtocolConflict(443, gw); !strings.HasPrefix(got, want) {
		t.Errorf("ProtocolConflict() = %q, want %q", got, want)
	}
}
