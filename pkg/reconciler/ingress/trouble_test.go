// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	ktesting "k8s.io/client-go/testing"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/controller"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// Changes by other clients go to the tracker directly, so that they do not count as writes of the
// controller.

func (w *world) changeIngress(name string, change func(*v1alpha1.Ingress)) {
	w.Helper()
	changed := w.ingress(name).DeepCopy()
	change(changed)
	w.replaces(changed)
}

// toNextGeneration changes what is served, with the same backend.
func toNextGeneration(ing *v1alpha1.Ingress) {
	for i := range ing.Spec.Rules {
		ing.Spec.Rules[i].HTTP.Paths[0].Splits[0].AppendHeaders["Knative-Serving-Revision"] = "hello-00002"
	}
}

// say sets the gateway's condition of a route.
func (w *world) say(route, kind string, value metav1.ConditionStatus, reason string) {
	w.Helper()
	changed := w.routes()[route].DeepCopy()
	changed.Status.Parents = []gatewayv1.RouteParentStatus{{
		ParentRef:      changed.Spec.ParentRefs[0],
		ControllerName: envoyGateway,
		Conditions:     []metav1.Condition{{Type: kind, Status: value, Reason: reason, Message: "in other words", ObservedGeneration: changed.Generation}},
	}}
	w.replaces(changed)
}

// shows tells whether an informer shows that condition of a route.
func (w *world) shows(route, kind string, value metav1.ConditionStatus) func() bool {
	store, err := w.r.cluster.Ensure(w.Context(), cluster.OurRoutes)
	w.must(err)
	return func() bool {
		object, _, err := store.GetByKey("default/" + route)
		w.must(err)
		parents := object.(*gatewayv1.HTTPRoute).Status.Parents
		return len(parents) > 0 && meta.IsStatusConditionPresentAndEqual(parents[0].Conditions, kind, value)
	}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func network(text string) map[string]string {
	return map[string]string{"Ready": text, "NetworkConfigured": text, "LoadBalancerReady": "True"}
}

// TestBackendDisappears: B-RDY-6, a negative condition of the gateway gets into the status if it stays,
// and out of it when the gateway takes it back; no route is written for either.
func TestBackendDisappears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.say(publicHost, "ResolvedRefs", metav1.ConditionFalse, "BackendNotFound")
		w.until("the no is seen", w.shows(publicHost, "ResolvedRefs", metav1.ConditionFalse))
		w.reconcile(hello)
		expect(t, "Conditions", isReady, w.conditions("hello"))
		w.clock.SetTime(w.clock.Now().Add(status.GraceBeforeReport))
		w.reconcile(hello)
		expect(t, "Conditions", network("False RefsNotResolved: HTTPRoute default/hello.default.example.com on Gateway gateways/blue: ResolvedRefs is False: BackendNotFound: in other words"), w.conditions("hello"))
		w.say(publicHost, "ResolvedRefs", metav1.ConditionTrue, "ResolvedRefs")
		w.until("hello is Ready again", w.is("hello", "True"))
		expect(t, "Writes", []string{"update ingresses/status", "update ingresses/status"}, w.writes())
	})
}

// TestGatewayIsBehind: B-RDY-4, a negative condition from before the proof, which the gateway takes back,
// is not reported.
func TestGatewayIsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.say(publicHost, "ResolvedRefs", metav1.ConditionFalse, "BackendNotFound")
		w.until("the no is seen", w.shows(publicHost, "ResolvedRefs", metav1.ConditionFalse))
		w.reconcile(hello)
		w.say(publicHost, "ResolvedRefs", metav1.ConditionTrue, "ResolvedRefs")
		w.until("the yes is seen", w.shows(publicHost, "ResolvedRefs", metav1.ConditionTrue))
		w.clock.SetTime(w.clock.Now().Add(status.GraceBeforeReport))
		w.reconcile(hello)
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestGatewayGoesAndComes: B-SEL-6, B-RDY-6, the status of a KIngress follows its Gateway, and the routes
// stay for when the Gateway is back. The other side is probed meanwhile.
func TestGatewayGoesAndComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.must(w.gateways.Delete(gateways, "gateways", "blue"))
		w.until("the external side is not Ready, the local one is", func() bool {
			return w.is("hello", "False")() && w.conditions("hello")["NetworkConfigured"] == "True"
		})
		text := "False GatewayNotFound: Gateway gateways/blue does not exist: create it, or change `gateway` of external-gateways[0] (gateways/blue) in ConfigMap config-gateway"
		expect(t, "Conditions", map[string]string{"Ready": text, "NetworkConfigured": "True", "LoadBalancerReady": text}, w.conditions("hello"))
		w.store(aGateway("blue"))
		w.until("hello is Ready again", w.is("hello", "True"))
		expect(t, "Writes", []string{"update ingresses/status", "update ingresses/status"}, w.writes())
	})
}

// TestHostConflict: B-TRN-5, the older KIngress holds the host, the younger one names it, and takes over
// when it is deleted.
func TestHostConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		older := aKIngress("older", time.Hour)
		older.Spec.Rules = older.Spec.Rules[1:]
		w := data.serves(newWorld(t, append(anInstallation(data), older, aKIngress("hello", 0))...))
		w.until("the older is Ready, the younger is not", func() bool { return w.is("older", "True")() && w.is("hello", "False")() })
		expect(t, "Conditions", network("False HostConflict: host hello.default.example.com is served by the older KIngress default/older: change the host of one of them, or delete one"), w.conditions("hello"))
		if routes := w.routes(); len(routes) != 2 || !metav1.IsControlledBy(routes[publicHost], older) || !metav1.IsControlledBy(routes[privateHost], w.ingress("hello")) {
			t.Errorf("HTTPRoutes %v", routes)
		}
		w.must(w.networking.Tracker().Delete(ingresses, "default", "older"))
		w.until("the older is gone", func() bool {
			_, err := w.r.lister.Ingresses("default").Get("older")
			return apierrors.IsNotFound(err)
		})
		w.writes()
		w.must(w.gateway.Tracker().Delete(httpRoutes, "default", publicHost)) // as the garbage collector does
		w.until("the younger is Ready", w.is("hello", "True"))
		expect(t, "Writes", []string{"create httproutes", "update ingresses/status"}, w.writes())
	})
}

// TestNotOwned: B-TRN-5, B-TRN-7, a user's route with the name of the controller's stays as it is. An
// event tells when it is deleted, although the controller's informers do not select it.
func TestNotOwned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		theirs := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: publicHost, UID: "theirs", ResourceVersion: "1"}}
		w := data.serves(newWorld(t, append(anInstallation(data), theirs, aKIngress("hello", 0))...))
		w.until("hello is not Ready", w.is("hello", "False"))
		text := "False NotOwned: HTTPRoute default/hello.default.example.com exists, belongs to no controller and is left as it is: delete it, or recreate it under another name"
		expect(t, "Ready", text, w.conditions("hello")["Ready"])
		expect(t, "Their route", theirs.ObjectMeta, w.routes()[publicHost].ObjectMeta)
		w.must(w.gateway.Tracker().Delete(httpRoutes, "default", publicHost))
		w.until("hello is Ready", w.is("hello", "True"))
		// The one that was in the way was tried twice.
		expect(t, "Writes", []string{"create httproutes", "create httproutes", "create httproutes", "update ingresses/status", "update ingresses/status"}, w.writes())
	})
}

// TestAdoptedRouteKeepsPlaces: B-INS-8, a route of the controller's that another plugin has rewritten,
// and that no informer selects, is found when it is to be created. Its rules keep their places.
func TestAdoptedRouteKeepsPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		ing, prefix, path := aKIngress("hello", 0), gatewayv1.PathMatchPathPrefix, "/"
		rewritten := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{
			Namespace: "default", Name: publicHost, UID: "rewritten", ResourceVersion: "1", Labels: map[string]string{"another": "plugin"},
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(ing, v1alpha1.SchemeGroupVersion.WithKind("Ingress"))},
		}}
		theirs := gatewayv1.HTTPRouteRule{Matches: []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: &prefix, Value: &path}}}}
		theirs.BackendRefs = make([]gatewayv1.HTTPBackendRef, 1)
		theirs.BackendRefs[0].Name, theirs.BackendRefs[0].Port = "hello-00001", new(gatewayv1.PortNumber(80))
		rewritten.Spec.Rules = []gatewayv1.HTTPRouteRule{theirs}
		w := data.serves(newWorld(t, append(anInstallation(data), rewritten, ing)...))
		w.until("hello is Ready", w.is("hello", "True"))
		probing := []bool{}
		for _, rule := range w.routes()[publicHost].Spec.Rules {
			probing = append(probing, len(rule.Matches[0].Headers) > 0)
		}
		expect(t, "Rules for probes", []bool{false, true}, probing)
		expect(t, "UID", "rewritten", w.routes()[publicHost].UID)
		if written := w.writes(); !slices.Equal(written, []string{"create httproutes", "create httproutes", "patch httproutes", "update ingresses/status"}) {
			t.Errorf("Writes %q", written)
		}
	})
}

// TestNamespaceEnds: B-RDY-4, in a namespace that is being deleted, a route that is deleted before its
// KIngress is neither missed in the status nor created again.
func TestNamespaceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		refusal := apierrors.NewForbidden(httpRoutes.GroupResource(), publicHost, errors.New("the namespace is being terminated"))
		refusal.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause}}
		tried := false
		w.gateway.PrependReactor("create", "httproutes", func(ktesting.Action) (bool, runtime.Object, error) {
			tried = true
			return true, nil, refusal
		})
		w.must(w.gateway.Tracker().Delete(httpRoutes, "default", publicHost)) // as the namespace's end does
		w.until("the route was missed", func() bool { return tried })
		w.must(w.r.Reconcile(t.Context(), hello.String())) // an error, or a later look, would come again for ever
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestNamespaceHasEnded: B-RDY-4, B-OPS-1, if the informer shows that already, no write is tried.
func TestNamespaceHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := anInstallation(data)
		for _, object := range objects {
			if namespace, ok := object.(*corev1.Namespace); ok {
				namespace.DeletionTimestamp, namespace.Finalizers = new(metav1.Now()), []string{"kubernetes"}
			}
		}
		w := data.serves(newWorld(t, append(objects, aKIngress("hello", 0))...))
		w.reconcile(hello)
		expect(t, "Writes", []string{}, w.writes())
	})
}

// TestLeftOverFinalizer: B-INS-8, the single-gateway plugin's finalizer is removed, whether the KIngress
// is being deleted or not; other finalizers stay.
func TestLeftOverFinalizer(t *testing.T) {
	deleted := metav1.NewTime(time.Unix(1_800_000_000, 0))
	for name, deletion := range map[string]*metav1.Time{"alive": nil, "being deleted": &deleted} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				ing := aKIngress("hello", 0)
				ing.Finalizers = []string{"another/finalizer", "ingresses.networking.internal.knative.dev"}
				ing.DeletionTimestamp = deletion
				w := data.serves(newWorld(t, append(anInstallation(data), ing)...))
				w.until("the finalizer is gone", func() bool { return len(w.ingress("hello").Finalizers) == 1 })
				expect(t, "Finalizers", []string{"another/finalizer"}, w.ingress("hello").Finalizers)
				if deletion == nil {
					w.until("hello is Ready", w.is("hello", "True"))
					return
				}
				expect(t, "Writes", []string{"patch ingresses"}, w.writes())
			})
		})
	}
}

// TestCompetingController: B-INS-8, while the single-gateway plugin runs nothing is written, and when it
// ends everything is.
func TestCompetingController(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		competing := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: "knative-serving", Name: "net-gateway-api-controller"}, Spec: appsv1.DeploymentSpec{Replicas: new(int32(1))}}
		w := data.serves(newWorld(t, append(anInstallation(data), competing, aKIngress("hello", 0))...))
		for range 3 {
			w.reconcile(hello)
		}
		expect(t, "Writes", []string{}, w.writes())
		ended := competing.DeepCopy()
		ended.Spec.Replicas = new(int32(0))
		w.replaces(ended)
		w.until("hello is Ready", w.is("hello", "True"))
	})
}

// TestGatewayAPIMissing: B-INS-7, the condition says which CRD and version is needed. When the CRD is
// installed, the KIngress goes on by itself.
func TestGatewayAPIMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := slices.DeleteFunc(anInstallation(data), func(object runtime.Object) bool {
			found, ok := object.(*metav1.PartialObjectMetadata)
			return ok && found.Name == "httproutes.gateway.networking.k8s.io"
		})
		w := data.serves(newWorld(t, append(objects, aKIngress("hello", 0))...))
		w.until("hello is not Ready", w.is("hello", "False"))
		expect(t, "Ready", "False GatewayAPIMissing: CustomResourceDefinition httproutes.gateway.networking.k8s.io does not exist: install the Gateway API, v1.2.0 or newer", w.conditions("hello")["Ready"])
		w.store(aCRD("httproutes"))
		w.until("hello is Ready", w.is("hello", "True"))
	})
}

// TestProbeFails: B-RDY-1, B-RDY-2, Ready means served: without the expected answer nothing is reported
// for a while, then the condition has the code. When the answer comes, the KIngress is Ready by itself.
func TestProbeFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		data.deaf.Store(true)
		w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0))...))
		w.until("both routes have failed a probe", func() bool { return w.targets(probe.Failed) == 2 })
		expect(t, "Writes", []string{"create httproutes", "create httproutes"}, w.writes())
		w.clock.SetTime(w.clock.Now().Add(status.GraceBeforeReport))
		w.reconcile(hello)
		address := data.Listener.Addr().String()
		expect(t, "Conditions", network("Unknown ProbeFailed: HTTPRoute default/hello.default.example.com on Gateway gateways/blue: probe of http://hello.default.example.com at "+address+
			": status 404; HTTPRoute default/hello.default.svc.cluster.local on Gateway gateways/inner: probe of http://hello.default at "+address+": status 404"), w.conditions("hello"))
		data.deaf.Store(false)
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Writes", []string{"update ingresses/status", "update ingresses/status"}, w.writes())
	})
}

// TestRefusedByTheAPIServer: B-RDY-6, the condition has the API server's message for a refused write, and
// the write is retried, because no event tells when it is allowed.
func TestRefusedByTheAPIServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0))...))
		denied := atomic.Bool{}
		denied.Store(true)
		w.gateway.PrependReactor("create", "httproutes", func(action ktesting.Action) (bool, runtime.Object, error) {
			kind := schema.GroupVersion(gatewayv1.GroupVersion).WithKind("HTTPRoute").GroupKind()
			return denied.Load(), nil, apierrors.NewInvalid(kind, "x", field.ErrorList{field.Forbidden(field.NewPath("metadata", "labels"), "a team is missing")})
		})
		w.until("hello is not Ready", w.is("hello", "False Unsupported: HTTPRoute default/hello.default.example.com is refused by the API server: "))
		wait, delay := controller.IsRequeueKey(w.r.Reconcile(t.Context(), hello.String()))
		if !wait || delay != retryRefusedAfter {
			t.Errorf("Asked again after %s, want %s", delay, retryRefusedAfter)
		}
		denied.Store(false)
		w.reconcile(hello)
		w.until("hello is Ready", w.is("hello", "True"))
	})
}

// TestNewRevision: B-RDY-2, a new spec is one update of each route and one status write,
// after the new hash has answered.
func TestNewRevision(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.changeIngress("hello", toNextGeneration)
		w.until("hello is Ready", func() bool { return w.ingress("hello").Status.ObservedGeneration == 2 })
		expect(t, "Writes", []string{"patch httproutes", "patch httproutes", "update ingresses/status"}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestDrift: B-TRN-6, a change of the controller's routes by another client is repaired with one write
// each, and a proven KIngress stays Ready meanwhile.
func TestDrift(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		changed := w.routes()[publicHost].DeepCopy()
		changed.Spec.Rules = changed.Spec.Rules[:1]
		changed.Labels["theirs"] = "label"
		w.replaces(changed)
		w.until("the rules are back", func() bool { return len(w.routes()[publicHost].Spec.Rules) == 2 })
		expect(t, "Writes", []string{"patch httproutes"}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}
