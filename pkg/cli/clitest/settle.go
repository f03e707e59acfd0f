// SPDX-License-Identifier: Apache-2.0

package clitest

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/apis"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/examine"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// Now is when all tests of the command line are.
var Now = time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)

// settled is since when the conditions of all services are as they are.
var settled = Now.Add(-192 * time.Second)

// Settle writes the ListenerSets and HTTPRoutes of all KIngresses, which their Gateways accept, and the status that the controller
// reports.
func Settle(t *testing.T, store *objects.Store) {
	t.Helper()
	reader := Reader(t, store)
	all, err := reader.Ingresses()
	if err != nil {
		t.Fatal(err)
	}
	for _, ing := range all {
		if view.Ours(ing) {
			settle(t, store, ing)
		}
	}
}

// Reader is a new Reader of all namespaces.
func Reader(t *testing.T, store *objects.Store) *view.Reader {
	t.Helper()
	reader, err := view.NewReader(store, "knative-serving", "")
	if err != nil {
		t.Fatal(err)
	}
	return reader
}

// Examine examines a KIngress.
func Examine(t *testing.T, store *objects.Store, ing *v1alpha1.Ingress) *examine.Examination {
	t.Helper()
	found, err := examine.Examine(Reader(t, store), ing, Now)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func settle(t *testing.T, store *objects.Store, ing *v1alpha1.Ingress) {
	t.Helper()
	for _, set := range Examine(t, store, ing).Desired.ListenerSets {
		Add(t, store, objects.ListenerSets.GroupVersionKind, programmed(set.DeepCopy()))
	}
	wanted := Examine(t, store, ing)
	for _, route := range wanted.Desired.All() {
		stored := route.Object.DeepCopy()
		stored.Generation = 1
		for _, parent := range stored.Spec.ParentRefs {
			stored.Status.Parents = append(stored.Status.Parents, accepted(parent, wanted.Seen.Sides[route.Visibility].Controller()))
		}
		Add(t, store, objects.HTTPRoutes.GroupVersionKind, stored)
	}
	found := Examine(t, store, ing)
	facts := status.Facts{Generation: ing.Generation, Now: Now, Failures: found.Seen.Failures(found.Desired), Sides: found.Sides,
		Waited: time.Hour, Refused: time.Hour, SinceReport: time.Hour, Advisories: found.Seen.Advisories(found.Desired, found.Sides)}
	for _, side := range facts.Sides {
		for i := range side.Routes {
			side.Routes[i].Proven = true
		}
	}
	reported := ing.DeepCopy()
	reported.Status = status.Mark(ing.Status, facts).Status
	for i := range reported.Status.Conditions {
		reported.Status.Conditions[i].LastTransitionTime = apis.VolatileTime{Inner: metav1.NewTime(settled)}
	}
	Add(t, store, v1alpha1.SchemeGroupVersion.WithKind("Ingress"), reported)
	for _, one := range found.Attached {
		serve(t, store, one)
	}
}

// serve writes what the controller reports in the status of a user's HTTPRoute once the proxies have answered.
func serve(t *testing.T, store *objects.Store, one examine.Attached) {
	t.Helper()
	for _, side := range one.Facts.Sides {
		for i := range side.Routes {
			side.Routes[i].Proven = true
		}
	}
	route := one.Source.DeepCopy()
	route.Status.Parents = one.Facts.Parents(route)
	Add(t, store, objects.HTTPRoutes.GroupVersionKind, route)
}

func programmed(set *gatewayv1.ListenerSet) *gatewayv1.ListenerSet {
	set.Generation = 1
	set.Status.Conditions = conditionsOf("Accepted", "Programmed")
	for _, listener := range set.Spec.Listeners {
		set.Status.Listeners = append(set.Status.Listeners, gatewayv1.ListenerEntryStatus{Name: listener.Name, Conditions: conditionsOf("Accepted", "ResolvedRefs", "Programmed")})
	}
	return set
}

func accepted(parent gatewayv1.ParentReference, by gatewayv1.GatewayController) gatewayv1.RouteParentStatus {
	return gatewayv1.RouteParentStatus{ParentRef: parent, ControllerName: by, Conditions: conditionsOf("Accepted", "ResolvedRefs")}
}

func conditionsOf(kinds ...string) (conditions []metav1.Condition) {
	for _, kind := range kinds {
		conditions = append(conditions, metav1.Condition{Type: kind, Status: metav1.ConditionTrue, Reason: kind, ObservedGeneration: 1, LastTransitionTime: metav1.NewTime(settled)})
	}
	return conditions
}

// Add adds an object of a type of Go.
func Add(t *testing.T, store *objects.Store, kind schema.GroupVersionKind, object any) {
	t.Helper()
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		t.Fatal(err)
	}
	added := &unstructured.Unstructured{Object: content}
	added.SetGroupVersionKind(kind)
	if err := store.Add(added); err != nil {
		t.Fatal(err)
	}
}
