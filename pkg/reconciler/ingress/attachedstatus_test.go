// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// TestAttachedEntryGoes: B-PTH-5, the entry goes with the parentRef, the KIngress, its class, and the switch in
// config-gateway, with what was rendered; entries of others stay.
func TestAttachedEntryGoes(t *testing.T) {
	others := gatewayv1.RouteParentStatus{ControllerName: "example.com/other", ParentRef: gatewayv1.ParentReference{Name: "blue"}}
	for name, change := range map[string]func(*world){
		"the parentRef": func(w *world) {
			w.changeRoute("api", func(route *gatewayv1.HTTPRoute) { route.Spec.ParentRefs = []gatewayv1.ParentReference{{Name: "blue"}} })
		},
		"the KIngress": func(w *world) { w.must(w.networking.Tracker().Delete(ingresses, "default", "hello")) },
		"its class":    func(w *world) { w.changesClass("hello", "other") },
		"the switch": func(w *world) {
			data := maps.Clone(testConfig)
			data[config.PathRouting] = "disabled"
			w.configuration.OnChange(aConfigGateway(data))
		},
		"the KIngress's own": func(w *world) { w.changeIngress("hello", func(ing *v1alpha1.Ingress) { ing.OwnerReferences = nil }) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				route := aPath("api")
				route.Status.Parents = []gatewayv1.RouteParentStatus{others}
				w := aWorldOfServices(t, data, anInstallation(data), route)
				w.until("it is served", w.isServed("api"))
				change(w)
				w.until("the entry is gone", func() bool { return len(w.entry("api")) == 0 })
				w.drain()
				expect(t, "Entries", []gatewayv1.RouteParentStatus{others}, w.routes()["api"].Status.Parents)
				if name == "the parentRef" || name == "the switch" {
					expect(t, "Rendered", []string{}, w.renderedFor())
				}
			})
		})
	}
}

// TestAttachedWithoutParent: B-PTH-5, the API forbids an entry for a parent that does not exist, so an Event says it;
// the entry comes when the parent does.
func TestAttachedWithoutParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallation(data), aKService("users"), theServiceOf("users-00001"))...))
		w.until("users is Ready", w.is("users", "True"))
		w.store(aPath("api"))
		w.drain()
		if said := w.said(); !slices.ContainsFunc(said, func(event string) bool {
			return strings.Contains(event, "NoMatchingParent Service default/hello has no KIngress")
		}) {
			t.Errorf("Events %v", said)
		}
		expect(t, "Status", map[string]string{}, w.entry("api"))
		w.store(aKService("hello"))
		w.until("it is served", w.isServed("api"))
	})
}

// TestAttachedWriteIsRefused: B-PTH-7, a write that the API server refuses is reported where it belongs.
func TestAttachedWriteIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		foreign := aPath("foreign")
		foreign.Name, foreign.Spec.ParentRefs = publicHost+names.AttachedSuffix("api"), nil
		w := aWorldOfServices(t, data, anInstallation(data), foreign, aPath("api"))
		w.until("it is said", func() bool { return strings.HasPrefix(w.entry("api")["Served"], "False NotOwned: HTTPRoute ") })
		expect(t, "Conditions", isReady, w.conditions("hello"))
		if condition := meta.FindStatusCondition(w.routes()["api"].Status.Parents[0].Conditions, status.ConditionServed); condition == nil || condition.ObservedGeneration != 1 {
			t.Errorf("Served is %v", condition)
		}
	})
}

// TestAttachedWithoutAddress: B-PTH-5, B-RDY-7, on a Gateway without an address, whose status is negative, answers of
// its proxies count, and nothing is written once they have come.
func TestAttachedWithoutAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aWorldOfServices(t, data, anInstallationInSystem(data, withoutAddress), aPath("api"))
		w.until("it is served", w.isServed("api"))
		w.drain()
		w.writes()
		for range 5 {
			w.reconcile(hello)
		}
		w.pass(time.Minute)
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Served", true, w.isServed("api")())
	})
}

// TestAttachedRelaysGateway: B-PTH-5, B-PTH-7, what the gateway reports about a rendered HTTPRoute is in the status of
// the user's, once it stays so, and not in that of the KIngress.
func TestAttachedRelaysGateway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aWorldOfServices(t, data, anInstallation(data), aPath("api"))
		w.until("it is served", w.isServed("api"))
		w.drain()
		w.writes()
		rendered := publicHost + names.AttachedSuffix("api")
		w.say(rendered, "ResolvedRefs", "False", "InvalidKind")
		w.pass(status.GraceWhenReady - 2*time.Second)
		expect(t, "Writes", []string{}, w.writes())
		w.pass(4 * time.Second)
		want := "False RefsNotResolved: HTTPRoute default/" + rendered + " on Gateway gateways/blue: ResolvedRefs is False: InvalidKind: in other words"
		expect(t, "Served", want, w.entry("api")["Served"])
		expect(t, "Conditions", isReady, w.conditions("hello"))
		w.say(rendered, "ResolvedRefs", "True", "ResolvedRefs")
		w.until("it is served", w.isServed("api"))
	})
}
