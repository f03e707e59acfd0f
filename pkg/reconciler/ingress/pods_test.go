// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// withBothFamilies adds slices of the other family, in which the pods have addresses that they do not listen on.
func withBothFamilies(objects []runtime.Object, pod *corev1.ObjectReference) []runtime.Object {
	for _, object := range objects {
		if slice, ok := object.(*discoveryv1.EndpointSlice); ok {
			slice.Endpoints[0].TargetRef = pod
			other := slice.DeepCopy()
			other.Name, other.AddressType = slice.Name+"-6", discoveryv1.AddressTypeIPv6
			other.Endpoints[0].Addresses = []string{"fd00::1"}
			objects = append(objects, other)
		}
	}
	return objects
}

// TestBothFamilies: B-RDY-1, for a data plane that listens on one of two families one answer of each pod
// is the proof: it is not weaker, and takes no more writes. If no pod is known, each address has to
// answer.
func TestBothFamilies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		pod := &corev1.ObjectReference{Kind: "Pod", Namespace: "gateways", Name: "envoy", UID: "envoy"}
		w := data.serves(newWorld(t, append(withBothFamilies(anInstallation(data), pod), aKIngress("hello", 0))...))
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Writes", []string{"create httproutes", "create httproutes", "update ingresses/status"}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))

		w = data.serves(newWorld(t, append(withBothFamilies(anInstallation(data), nil), aKIngress("hello", 0))...))
		w.until("half of the addresses answer", func() bool { return w.targets(probe.Proven) == 2 && w.targets(probe.Failed) == 2 })
		w.pass(time.Second)
		expect(t, "Writes where no pod is known", []string{"create httproutes", "create httproutes"}, w.writes())
	})
}

// TestBothFamiliesUnderComplaint: B-RDY-8, the data plane of a Gateway with a negative condition is alive
// if each pod answers at one address.
func TestBothFamiliesUnderComplaint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		pod := &corev1.ObjectReference{Kind: "Pod", Namespace: "gateways", Name: "envoy", UID: "envoy"}
		w := data.serves(newWorld(t, append(withBothFamilies(anInstallationInSystem(data, withoutAddress), pod), aKIngress("hello", 0))...))
		w.until("hello is Ready", w.is("hello", "True"))
		w.writes()
		w.pass(2 * time.Minute)
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Ready", "True", w.conditions("hello")["Ready"])
	})
}
