// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// aTenantsRoute is an HTTPRoute of a tenant.
func aTenantsRoute(name, gateway string, hosts ...gatewayv1.Hostname) *gatewayv1.HTTPRoute {
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "tenant", Name: name, UID: types.UID(name), Generation: 1, ResourceVersion: "1"}}
	route.Spec.Hostnames = hosts
	route.Spec.ParentRefs = []gatewayv1.ParentReference{{Namespace: new(gatewayv1.Namespace("gateways")), Name: gatewayv1.ObjectName(gateway)}}
	return route
}

// changeRoute changes an HTTPRoute as a tenant or a gateway does.
func (w *world) changeRoute(name string, change func(*gatewayv1.HTTPRoute)) {
	w.Helper()
	changed := w.routes()[name].DeepCopy()
	change(changed)
	w.replaces(changed)
}

// TestOthersRoute: B-TRN-7, B-OPS-5, one Event names another owner's HTTPRoute that takes requests for a
// host of a KIngress. There is none for a route on another Gateway or host, nor for a change of its
// status. Nothing is written.
func TestOthersRoute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.pass(time.Minute) // it was to be looked at again, were it not Ready
		w.said()
		w.store(aTenantsRoute("elsewhere", "green", publicHost))
		w.store(aTenantsRoute("other", "blue", "other.example.com"))
		w.store(aTenantsRoute("wider", "blue", "*.example.com")) // ours is more specific
		expect(t, "Keys for what does not concern it", []types.NamespacedName{hello}, w.drain())
		expect(t, "Events", []string{}, w.said())

		w.store(aTenantsRoute("evil", "blue", "x.example.com", publicHost))
		w.drain()
		want := "HostConflict HTTPRoute tenant/evil on Gateway gateways/blue has host hello.default.example.com, too; a request that rules of both match alike goes to the older HTTPRoute: take the host out of one of them if that is not meant"
		expect(t, "Events", []string{want}, w.said())
		for range 10 {
			w.changeRoute("evil", func(route *gatewayv1.HTTPRoute) {
				route.Spec.Rules = append(route.Spec.Rules, gatewayv1.HTTPRouteRule{})
			})
			w.changeRoute("other", func(route *gatewayv1.HTTPRoute) { route.Status.Parents = []gatewayv1.RouteParentStatus{{}} })
		}
		expect(t, "Keys", []types.NamespacedName{}, w.drain())
		w.reconcile(hello)
		expect(t, "Events", []string{}, w.said())
		expect(t, "Writes", []string{}, w.writes())
	})
}

// TestOthersRouteWasThere: B-TRN-7, there is an Event, too, if the route is older than the KIngress, if
// it is for a host that a wildcard of the KIngress admits, and if it has the controller's labels.
func TestOthersRouteWasThere(t *testing.T) {
	claims := aTenantsRoute("claims", "blue", publicHost)
	claims.Labels = map[string]string{networking.IngressLabelKey: "hello"}
	claims.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(aKIngress("hello", 0), v1alpha1.SchemeGroupVersion.WithKind("Ingress"))}
	for _, route := range []*gatewayv1.HTTPRoute{aTenantsRoute("plain", "blue", publicHost), aTenantsRoute("below", "blue", "a.b.wild.example.com"), claims} {
		t.Run(route.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ing := aKIngress("hello", 0)
				ing.Spec.Rules[1].Hosts = []string{publicHost, "*.wild.example.com"}
				data := newPlane(t)
				w := data.serves(newWorld(t, append(anInstallation(data), route, ing)...))
				w.drain()
				said := w.said()
				if len(said) != 1 {
					t.Errorf("Events %q", said)
				}
			})
		})
	}
}

// TestManyRoutesOfOthers: B-OPS-5, a client that writes HTTPRoutes without end fills neither Events nor
// memory.
func TestManyRoutesOfOthers(t *testing.T) {
	told := newReportedRoutes()
	count := 0
	for i := range 1000 {
		if told.first("uid", types.NamespacedName{Namespace: "tenant", Name: fmt.Sprint(i)}) {
			count++
		}
	}
	expect(t, "Events", mostReportedRoutes, count)
	told.evict("uid")
	expect(t, "Remembered", 0, len(told.routes))
}
