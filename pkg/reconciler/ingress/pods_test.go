// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"net"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// unserved is an address on which nobody listens.
func unserved(t *testing.T) (host string, port int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Fatal("the tests of IPv6 need its loopback address: ", err)
	}
	at := listener.Addr().(*net.TCPAddr)
	listener.Close()
	return at.IP.String(), int32(at.Port)
}

// bothFamilies adds slices of the other family, in which the pods have addresses that they do not listen on.
func bothFamilies(t *testing.T, objects []runtime.Object, pod *corev1.ObjectReference) []runtime.Object {
	t.Helper()
	host, port := unserved(t)
	for _, object := range objects {
		if slice, ok := object.(*discoveryv1.EndpointSlice); ok {
			slice.Endpoints[0].TargetRef = pod
			other := slice.DeepCopy()
			other.Name, other.AddressType = slice.Name+"-6", discoveryv1.AddressTypeIPv6
			other.Endpoints[0].Addresses, other.Ports[0].Port = []string{host}, &port
			objects = append(objects, other)
		}
	}
	return objects
}

// TestBothFamilies: B-RDY-1, a data plane that listens on one of two families is proven by one answer a pod, in no
// weaker way and with no more writes; where no pod is known, each address has to answer.
func TestBothFamilies(t *testing.T) {
	data := newPlane(t)
	pod := &corev1.ObjectReference{Kind: "Pod", Namespace: "gateways", Name: "envoy", UID: "envoy"}
	w := data.hears(newWorld(t, append(bothFamilies(t, installation(data), pod), service("hello", 0))...))
	w.until("hello is Ready", w.is("hello", "True"))
	expect(t, "Writes", []string{"create httproutes", "create httproutes", "update ingresses/status"}, w.writes())
	expect(t, "Conditions", isReady, w.conditions("hello"))

	w = data.hears(newWorld(t, append(bothFamilies(t, installation(data), nil), service("hello", 0))...))
	w.until("half of the addresses answer", func() bool { return w.known().Count(probe.Proven) == 2 && w.known().Count(probe.Failed) == 2 })
	w.reconcile(hello)
	expect(t, "Writes", []string{"create httproutes", "create httproutes"}, w.writes())
}
