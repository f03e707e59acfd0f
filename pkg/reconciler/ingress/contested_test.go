// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/controller"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// contestedWrites is how many writes there are in ten minutes in which another client undoes each: five
// at once, and ten after pauses of 0, 1, 2, 4, … 256 seconds. From the third on there is an Event for
// each.
const contestedWrites, contestedEvents = 15, 13

// undo lets ten minutes pass in which another client undoes the controller's writes, up to once a second,
// and returns how often the controller has written.
func (w *world) undo(write string, isOurs func() bool, undo func()) int {
	w.Helper()
	w.writes()
	w.said()
	count := 0
	for range 600 {
		if isOurs() {
			undo()
		}
		w.pass(time.Second)
		for _, done := range w.writes() {
			if done == write {
				count++
			}
		}
	}
	return count
}

// blames fails unless the Events of a contest name the other writer and the object.
func (w *world) blames(words string) {
	w.Helper()
	said := slices.DeleteFunc(w.said(), func(event string) bool { return !strings.HasPrefix(event, apply.ReasonContested) })
	if len(said) != contestedEvents || !strings.Contains(said[0], words) {
		w.Errorf("Events %q", said)
	}
}

// theirRules writes other rules to the external route, as another field manager.
func (w *world) theirRules(manager string) {
	route := w.routes()[publicHost].DeepCopy()
	route.Spec.Rules = []gatewayv1.HTTPRouteRule{{Name: new(gatewayv1.SectionName("theirs"))}}
	_, err := w.gateway.GatewayV1().HTTPRoutes("default").Update(w.Context(), route, metav1.UpdateOptions{FieldManager: manager})
	w.must(err)
}

func (w *world) rulesAreOurs() bool {
	route := w.routes()[publicHost]
	return route != nil && *route.Spec.Rules[0].Name != "theirs"
}

// TestRouteIsContested: B-TRN-6, B-OPS-1, a change by another field manager is repaired at once, and
// after ever longer pauses if it goes on; an Event names the manager and the field. When it stops, the
// next change is repaired at once again.
func TestRouteIsContested(t *testing.T) {
	for manager, want := range map[string]string{
		"argocd-controller": "HTTPRoute default/hello.default.example.com: argocd-controller (Update of spec.rules) keeps changing what this controller writes",
		"net-gateways":      "HTTPRoute default/hello.default.example.com: a client that deletes it, or another installation of this controller, keeps changing",
	} {
		t.Run(manager, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := aReadyWorld(t, newPlane(t))
				w.theirRules(manager)
				w.pass(time.Second)
				expect(t, "Ours at once", true, w.rulesAreOurs())
				w.pass(time.Minute)
				count := w.undo("patch httproutes", w.rulesAreOurs, func() { w.theirRules(manager) })
				expect(t, "Writes", contestedWrites+1, count) // the minute is quiet: there is one before that is not undone
				w.blames(want)
				w.until("it is ours again", w.rulesAreOurs)
				w.pass(15 * time.Minute)
				w.theirRules(manager)
				w.pass(time.Second)
				expect(t, "Ours at once", true, w.rulesAreOurs())
			})
		})
	}
}

// TestContestedRouteOfNewGeneration: B-TRN-6, a new generation of the KIngress is written without a
// pause.
func TestContestedRouteOfNewGeneration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.undo("patch httproutes", w.rulesAreOurs, func() { w.theirRules("argocd-controller") })
		if w.rulesAreOurs() {
			t.Fatal("It is not contested")
		}
		w.changeIngress("hello", toNextGeneration)
		w.pass(time.Second)
		expect(t, "Written", true, w.rulesAreOurs())
	})
}

// TestRouteIsDeleted: B-TRN-6, the pauses are the same if another client deletes the route.
func TestRouteIsDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		stands := func() bool { return w.routes()[publicHost] != nil }
		count := w.undo("create httproutes", stands, func() { w.must(w.gateway.Tracker().Delete(httpRoutes, "default", publicHost)) })
		expect(t, "Writes", contestedWrites, count)
		w.blames("a client that deletes it")
	})
}

// TestStatusIsContested: B-TRN-6, the pauses are the same if another client writes the status of
// KIngresses.
func TestStatusIsContested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		addressOf := func(ing *v1alpha1.Ingress) *string { return &ing.Status.PublicLoadBalancer.Ingress[0].DomainInternal }
		ours := *addressOf(w.ingress("hello"))
		count := w.undo("update ingresses/status", func() bool { return *addressOf(w.ingress("hello")) == ours }, func() {
			w.changeIngress("hello", func(ing *v1alpha1.Ingress) {
				*addressOf(ing) = "theirs.gateways.svc.cluster.local"
				ing.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "net-other", Operation: "Update", Subresource: "status"}}
			})
		})
		expect(t, "Writes", contestedWrites+6, count) // at once it is two: their address is a published one, and is held until ours is
		w.blames("status of KIngress default/hello: net-other (Update of status) keeps changing")
	})
}

// TestListenersAreContested: B-TRN-6, B-TLS-1, the pauses are the same if another client removes
// listeners from the Gateway.
func TestListenersAreContested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorldOnGateway(t, v1alpha1.HTTPOptionEnabled)
		stands := func() bool { return len(w.listenersOf("blue")) == 2 }
		count := w.undo("patch gateways", stands, func() {
			w.gatewayBecomes("blue", func(gateway *gatewayv1.Gateway) {
				gateway.Spec.Listeners = gateway.Spec.Listeners[:1]
				fields := &metav1.FieldsV1{Raw: []byte(`{"f:spec":{"f:listeners":{"k:{\"name\":\"http\"}":{".":{}}}}}`)}
				gateway.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "flux", Operation: "Apply", APIVersion: gatewayv1.GroupVersion.String(), FieldsType: "FieldsV1", FieldsV1: fields}}
			})
		})
		want := "listeners of KIngress default/hello on Gateway gateways/blue: flux (Apply of spec.listeners) keeps changing"
		expect(t, "Writes", contestedWrites, count)
		w.blames(want)
		w.deleted("hello")
		w.until("hello may go", w.free)
		expect(t, "Listeners", []string{"http"}, w.listenersOf("blue"))
	})
}

// TestDriftIsRepairedAtOnce: B-TRN-6, a few changes in a row are no contest, whatever they are. A route
// to which another field manager keeps adding a host waits for its repair and is not deleted: labels of
// other managers stay.
func TestDriftIsRepairedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		uid := w.routes()[publicHost].UID
		drift := func() {
			route := w.routes()[publicHost].DeepCopy()
			route.Labels["theirs"] = "kept"
			route.Spec.Hostnames = []gatewayv1.Hostname{"drift.example.com"}
			_, err := w.gateway.GatewayV1().HTTPRoutes("default").Update(w.Context(), route, metav1.UpdateOptions{FieldManager: "kubectl"})
			w.must(err)
		}
		isOurs := func() bool { return w.routes()[publicHost].Spec.Hostnames[0] == publicHost }
		for range 5 {
			drift()
			w.pass(100 * time.Millisecond)
			expect(t, "Ours at once", true, isOurs())
		}
		for range 30 {
			drift()
			w.pass(100 * time.Millisecond)
			route := w.routes()[publicHost]
			if route == nil || route.UID != uid || route.Labels["theirs"] != "kept" {
				t.Fatalf("It was deleted: %v", route)
			}
		}
	})
}

// TestPutOff: B-TRN-6, leftovers may be contested, too: nothing else was observed then.
func TestPutOff(t *testing.T) {
	try := newAttempt(&observe.Observation{}, translate.Desired{})
	if try.unfinished() || try.result() != nil {
		t.Error("Something is put off from the start")
	}
	try.in(0, time.Minute)
	try.putOff(apply.Contested{Kind: "ConfigMap"}, time.Second)
	try.in(time.Hour)
	if _, after := controller.IsRequeueKey(try.result()); !try.unfinished() || after != time.Second {
		t.Errorf("It is put off for %s", after)
	}
}
