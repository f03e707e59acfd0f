// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// sharedSet is the only ListenerSet that is shared.
func (w *world) sharedSet() *gatewayv1.ListenerSet {
	w.Helper()
	for _, set := range w.listenerSets() {
		if metav1.GetControllerOf(&set) == nil {
			return set.DeepCopy()
		}
	}
	w.Fatal("No ListenerSet is shared")
	return nil
}

// changesSet stores another state of a ListenerSet, and returns when informers show it.
func (w *world) changesSet(change func(*gatewayv1.ListenerSet)) {
	w.Helper()
	set := w.sharedSet()
	change(set)
	w.replaces(set)
}

// countsRoutes is the change of a ListenerSet's status that a gateway makes whenever a route is attached.
func countsRoutes(set *gatewayv1.ListenerSet) {
	for i := range set.Status.Listeners {
		set.Status.Listeners[i].AttachedRoutes++
		for j := range set.Status.Listeners[i].Conditions {
			set.Status.Listeners[i].Conditions[j].LastTransitionTime = metav1.NewTime(time.Now())
		}
	}
}

// TestRouteCountsWakeNone: B-OPS-1, a status of a shared ListenerSet without new conditions enqueues no
// KIngress.
func TestRouteCountsWakeNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aSharingWorld(t, 12)
		w.pass(time.Minute)
		for range 5 {
			w.changesSet(countsRoutes)
		}
		expect(t, "Reconciles", 0, len(w.drain()))
	})
}

// TestOneMoreSharer: B-OPS-1, B-TLS-1, one more service with a wildcard certificate enqueues no other
// KIngress, however many share it: those that write the owners of its listener are older.
func TestOneMoreSharer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many = 40
		w := aSharingWorld(t, many)
		w.pass(time.Minute) // what is due after the proofs
		w.store(aSharer(many))
		looks := map[string]int{}
		for range 20 { // the gateway counts on meanwhile
			for _, key := range w.pass(100 * time.Millisecond) {
				looks[key.Name]++
			}
			w.changesSet(countsRoutes)
		}
		for _, key := range w.drain() {
			looks[key.Name]++
		}
		if name := aSharer(many).Name; !w.is(name, "True")() {
			t.Errorf("It is not Ready: %v", w.conditions(name))
		}
		if own := looks[aSharer(many).Name]; own > 8 {
			t.Errorf("It looked %d times", own)
		}
		delete(looks, aSharer(many).Name)
		expect(t, "Looks of others", map[string]int{}, looks)
	})
}

// TestOlderSharer: B-TLS-1, a service that is older than others with its certificate, because a backup was restored or its
// class changed, owns their listener, and enqueues those that have to know.
func TestOlderSharer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aSharingWorld(t, 12)
		w.pass(time.Minute) // what is due after the proofs
		w.store(aSharer(-1))
		looked := w.drain()
		for _, name := range append(namesOf(0, 8), "s-1") {
			if !slices.ContainsFunc(looked, func(key types.NamespacedName) bool { return key.Name == name }) {
				t.Errorf("%s was not looked at", name)
			}
		}
		expect(t, "Owners", append([]string{"default", "s-1"}, namesOf(0, 7)...), w.owners())
	})
}

// TestSharedListenerFails: B-RDY-6, a new condition of a shared listener enqueues all KIngresses that
// share it, those that are not Ready at once; and so does its deletion.
func TestSharedListenerFails(t *testing.T) {
	says := func(kind string, value metav1.ConditionStatus) func(*gatewayv1.ListenerSet) {
		return func(set *gatewayv1.ListenerSet) {
			for i := range set.Status.Listeners {
				set.Status.Listeners[i].Conditions = []metav1.Condition{{Type: kind, Status: value, Reason: "InvalidCertificateRef", Message: "gone", ObservedGeneration: set.Generation}}
			}
		}
	}
	const many = 12
	for what, change := range map[string]func(*world){
		"fails": func(w *world) { w.changesSet(says("ResolvedRefs", metav1.ConditionFalse)) },
		"is replaced": func(w *world) {
			w.changesSet(func(set *gatewayv1.ListenerSet) { set.Spec.Listeners[0].Port = 8443 })
		},
		"is deleted": func(w *world) {
			w.must(w.gateway.Tracker().Delete(listenerSets, "default", w.sharedSet().Name))
			synctest.Wait()
		},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := aSharingWorld(t, many)
				change(w)
				expect(t, "Who looks at once", namesOf(0, many), distinct(w.pass(10*time.Millisecond)))
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		w := aSharingWorld(t, many)
		w.changesSet(says("ResolvedRefs", metav1.ConditionFalse))
		w.pass(time.Minute)
		for _, name := range namesOf(0, many) {
			if !w.is(name, "False RefsNotResolved")() {
				t.Errorf("%s: %v", name, w.conditions(name))
			}
		}
		w.changesSet(says("Programmed", metav1.ConditionTrue))
		w.drain()
		for _, name := range namesOf(0, many) {
			if !w.is(name, "True")() {
				t.Errorf("%s: %v", name, w.conditions(name))
			}
		}
	})
}

// TestSharedListenerComes: B-TLS-1, the first KIngresses that share a listener are Ready when the gateway
// reports it as programmed, however soon after the write.
func TestSharedListenerComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallationWithTLS(t, data), aSharer(0), aSharer(1))...))
		w.until("they share a listener", func() bool { _, owners := w.sets(); return len(owners) == 2 })
		w.says("ResolvedRefs=True", "Programmed=True")
		begin := w.clock.Now()
		w.until("both are Ready", func() bool { return w.is("s00", "True")() && w.is("s01", "True")() })
		if took := w.clock.Now().Sub(begin); took > 200*time.Millisecond {
			t.Errorf("It took %s", took)
		}
	})
}
