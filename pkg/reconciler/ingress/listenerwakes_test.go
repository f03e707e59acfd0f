// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// aWorldOnOneGateway is a world in which KIngresses are Ready, each with a listener on the Gateway blue.
func aWorldOnOneGateway(t *testing.T, many int, besides ...runtime.Object) *world {
	t.Helper()
	data := newPlane(t)
	objects := append(anInstallationWithoutListenerSets(t, data), besides...)
	for i := range many {
		objects = append(objects, aKIngressAlone(i))
	}
	w := data.serves(newWorld(t, objects...))
	w.drain()
	w.listenersAre("blue", programmed)
	w.pass(time.Minute)
	for i := range many {
		if !w.is(aSharer(i).Name, "True")() {
			t.Fatalf("%v", w.conditions(aSharer(i).Name))
		}
	}
	return w
}

// aKIngressAlone is a KIngress with a host and a certificate that no other has.
func aKIngressAlone(number int) *v1alpha1.Ingress {
	ing := aSharer(number)
	ing.Spec.TLS[0].SecretName = fmt.Sprintf("certificate-%d", number)
	return ing
}

// saysOfListener reports a condition for the listener of one KIngress.
func (w *world) saysOfListener(ing *v1alpha1.Ingress, word metav1.Condition) {
	w.Helper()
	changed := w.gatewayNamed("blue")
	for i := range changed.Status.Listeners {
		if dataplane.ListenerOwner(changed.Status.Listeners[i].Name) == dataplane.ListenerDigest(ing.UID) {
			word.ObservedGeneration = changed.Generation
			changed.Status.Listeners[i].Conditions = []metav1.Condition{word}
		}
	}
	w.replaces(changed)
}

// TestListenerWakesItsOwner: B-OPS-1, B-RDY-6, a change of a listener on a Gateway enqueues the KIngress
// for which it was added at once, and no other.
func TestListenerWakesItsOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aWorldOnOneGateway(t, 4)
		w.saysOfListener(aSharer(2), metav1.Condition{Type: "ResolvedRefs", Status: metav1.ConditionFalse, Reason: "InvalidCertificateRef", Message: "gone"})
		expect(t, "Who looks when one fails", []string{"s02"}, distinct(w.pass(10*time.Millisecond)))
		w.pass(time.Minute)
		if !w.is("s02", "False RefsNotResolved")() {
			t.Errorf("%v", w.conditions("s02"))
		}
		w.saysOfListener(aSharer(2), programmed)
		expect(t, "Who looks when it works again", []string{"s02"}, distinct(w.pass(10*time.Millisecond)))
		w.drain()
		w.changeGateway("blue", "another-client", func(gateway *gatewayv1.Gateway) {
			gateway.Spec.Listeners = gateway.Spec.Listeners[:len(gateway.Spec.Listeners)-1]
		})
		w.drain()
		expect(t, "Listeners after one was taken away", 5, len(w.listenersOf("blue")))
	})
}

// TestListenerOfOneMore: B-OPS-1, one more listener changes the generation of a Gateway, and the gateway
// writes all conditions anew. No other KIngress is reconciled for that.
func TestListenerOfOneMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many = 10
		w := aWorldOnOneGateway(t, many)
		w.store(aKIngressAlone(many))
		looks := distinct(w.pass(50 * time.Millisecond))
		w.listenersAre("blue", programmed)
		looks = append(looks, distinct(w.drain())...)
		if !w.is(aSharer(many).Name, "True")() {
			t.Errorf("%v", w.conditions(aSharer(many).Name))
		}
		for _, name := range looks {
			if name != aSharer(many).Name {
				t.Errorf("%s looked", name)
			}
		}
	})
}

// TestFailingListenerOfOneMore: B-RDY-6, a KIngress that is reconciled while the negative condition of
// its listener is outdated is reconciled again when the condition is current.
func TestFailingListenerOfOneMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aWorldOnOneGateway(t, 2)
		broken := metav1.Condition{Type: "ResolvedRefs", Status: metav1.ConditionFalse, Reason: "InvalidCertificateRef", Message: "gone"}
		w.saysOfListener(aSharer(0), broken)
		w.drain()
		w.store(aKIngressAlone(2)) // another generation
		w.drain()
		w.reconcile(apply.NameOf(aSharer(0)))
		w.drain()
		w.saysOfListener(aSharer(0), broken)
		expect(t, "Who looks", []string{"s00"}, distinct(w.pass(10*time.Millisecond)))
	})
}

// TestOperatorsListenerLater: B-TLS-2, a host is redirected to a listener of the operator's when the
// gateway reports its present generation as programmed, even if it reported an earlier one before.
func TestOperatorsListenerLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		ing := aKIngressWithTLS(v1alpha1.HTTPOptionRedirected)
		ing.Spec.TLS = nil
		w := data.serves(newWorld(t, append(withWildcard(anInstallationWithoutListenerSets(t, data)), ing)...))
		w.changeGateway("blue", "another-client", func(gateway *gatewayv1.Gateway) { gateway.Spec.Infrastructure = &gatewayv1.GatewayInfrastructure{} })
		w.drain()
		says := func(generation int64) {
			w.changeGateway("blue", "envoy", func(gateway *gatewayv1.Gateway) {
				word := programmed
				word.ObservedGeneration = generation
				gateway.Status.Listeners = []gatewayv1.ListenerStatus{{Name: "wildcard", Conditions: []metav1.Condition{word}}}
			})
			w.drain()
		}
		says(1)
		if w.routes()[publicHost+".redirect"] != nil || !w.is("hello", "True")() {
			t.Fatal("Redirected to a listener of which the gateway has not said that it works")
		}
		says(2)
		if w.routes()[publicHost+".redirect"] == nil {
			t.Error("Not redirected")
		}
	})
}

// TestRoomForAnother: B-TLS-1, a KIngress for whose listener there was no room on a Gateway gets it when
// another one is removed.
func TestRoomForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := anInstallationWithoutListenerSets(t, data)
		for _, object := range objects {
			if gateway, ok := object.(*gatewayv1.Gateway); ok && gateway.Name == "blue" {
				for i := range 62 {
					gateway.Spec.Listeners = append(gateway.Spec.Listeners, gatewayv1.Listener{
						Name: gatewayv1.SectionName(fmt.Sprintf("l%d", i)), Hostname: new(gatewayv1.Hostname(fmt.Sprintf("l%d.example.org", i))), Port: 443, Protocol: gatewayv1.HTTPSProtocolType,
					})
				}
			}
		}
		w := data.serves(newWorld(t, append(objects, aKIngressAlone(0))...))
		w.drain()
		w.store(aKIngressAlone(1))
		w.drain()
		expect(t, "Listeners", 64, len(w.listenersOf("blue")))
		w.deleted(aSharer(0).Name)
		w.drain()
		if !slices.ContainsFunc(w.listenersOf("blue"), func(name string) bool { return strings.HasPrefix(name, "s01.") }) {
			t.Errorf("Listeners %v", w.listenersOf("blue"))
		}
	})
}
