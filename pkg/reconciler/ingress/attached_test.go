// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// aKService is the KIngress of a Knative Service as Serving writes it, with one Revision.
func aKService(name string) *v1alpha1.Ingress {
	ing := aKIngress(name, 0)
	ing.Labels = map[string]string{"serving.knative.dev/service": name, "serving.knative.dev/route": name}
	ing.OwnerReferences = []metav1.OwnerReference{{APIVersion: "serving.knative.dev/v1", Kind: "Route", Name: name, UID: types.UID("route-" + name), Controller: new(true)}}
	for i := range ing.Spec.Rules {
		rule := &ing.Spec.Rules[i]
		for j, host := range rule.Hosts {
			rule.Hosts[j] = strings.Replace(host, "hello", name, 1)
		}
	}
	toRevision(name + "-00001")(ing)
	return ing
}

// aPath sends a path of the hosts of hello to the Knative Service users.
func aPath(name string) *gatewayv1.HTTPRoute {
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, UID: types.UID("uid-of-" + name), Generation: 1, ResourceVersion: "1"}}
	route.Spec.ParentRefs = []gatewayv1.ParentReference{{Group: new(gatewayv1.Group("serving.knative.dev")), Kind: new(gatewayv1.Kind("Service")), Name: "hello"}}
	rule := gatewayv1.HTTPRouteRule{Matches: []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchPathPrefix), Value: new("/" + name)}}}}
	ref := gatewayv1.HTTPBackendRef{}
	ref.Group, ref.Kind, ref.Name, ref.Weight = new(gatewayv1.Group("serving.knative.dev")), new(gatewayv1.Kind("Service")), "users", new(int32(1))
	rule.BackendRefs = []gatewayv1.HTTPBackendRef{ref}
	route.Spec.Rules = []gatewayv1.HTTPRouteRule{rule}
	return route
}

// aWorldOfServices has the Knative Services hello and users, both Ready.
func aWorldOfServices(t *testing.T, data *plane, installation []runtime.Object, besides ...runtime.Object) *world {
	t.Helper()
	objects := slices.Concat(installation, []runtime.Object{theServiceOf("users-00001"), theServiceOf("users-00002"), theServiceOf("hello-00002"), aKService("hello"), aKService("users")}, besides)
	w := data.serves(newWorld(t, objects...))
	w.until("both are Ready", func() bool { return w.is("hello", "True")() && w.is("users", "True")() })
	w.drain()
	w.writes()
	return w
}

// entry are the conditions of the controller's entry in the status of an HTTPRoute, as "STATUS REASON: MESSAGE".
func (w *world) entry(route string) map[string]string {
	w.Helper()
	found := map[string]string{}
	for _, entry := range w.routes()[route].Status.Parents {
		for _, condition := range entry.Conditions {
			if entry.ControllerName == attached.ControllerName {
				found[strings.TrimPrefix(condition.Type, "net-gateways.github.io/")] = string(condition.Status) + " " + condition.Reason + ": " + condition.Message
			}
		}
	}
	return found
}

func (w *world) isServed(route string) func() bool {
	return func() bool { return strings.HasPrefix(w.entry(route)["Served"], "True") }
}

// renderedFor are the names of the HTTPRoutes that are rendered for HTTPRoutes of users.
func (w *world) renderedFor() []string {
	found := []string{}
	for name := range w.routes() {
		if names.IsAttached(name) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

// leadTo are the backends to which the rendered routes send the requests of users.
func (w *world) leadTo() string {
	found := []string{}
	for _, name := range w.renderedFor() {
		for _, rule := range w.routes()[name].Spec.Rules {
			if len(rule.Matches[0].Headers) == 0 && len(rule.BackendRefs) > 0 {
				found = append(found, string(rule.BackendRefs[0].Name))
			}
		}
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), " ")
}

// TestAttached: B-PTH-1, B-PTH-5, B-PTH-8, an HTTPRoute whose parent is a Knative Service is served on the
// hosts of this, and its status says by what. It takes one HTTPRoute for each visibility, and two writes of its
// status; a rollout of its backend takes one write of each more. Nothing is written for the KIngresses.
func TestAttached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aWorldOfServices(t, data, anInstallation(data))
		own := w.routes()
		w.store(aPath("api"))
		w.until("it is served", w.isServed("api"))
		w.drain()
		suffix := names.AttachedSuffix("api")
		expect(t, "Rendered", []string{publicHost + suffix, privateHost + suffix}, w.renderedFor())
		expect(t, "Writes", []string{"create httproutes", "create httproutes", "patch httproutes/status", "patch httproutes/status"}, w.writes())
		expect(t, "Status", map[string]string{
			"Accepted": "True Accepted: ", "ResolvedRefs": "True ResolvedRefs: ",
			"Served": "True Served: on Gateway gateways/blue, by HTTPRoute default/" + publicHost + suffix + "; on Gateway gateways/inner, by HTTPRoute default/" + privateHost + suffix,
		}, w.entry("api"))
		expect(t, "Leads to", "users-00001", w.leadTo())
		for name, route := range own {
			expect(t, "Rules of "+name, route.Spec, w.routes()[name].Spec)
		}

		w.changeIngress("users", toRevision("users-00002"))
		w.until("users is Ready", func() bool { return w.ingress("users").Status.ObservedGeneration == 2 && w.is("users", "True")() })
		w.drain()
		expect(t, "Leads to", "users-00002", w.leadTo())
		expect(t, "Writes of a rollout of the backend", []string{"patch httproutes", "patch httproutes", "patch httproutes", "patch httproutes", "update ingresses/status"}, w.writes())

		w.changeIngress("hello", toRevision("hello-00002"))
		w.until("hello is Ready", func() bool { return w.ingress("hello").Status.ObservedGeneration == 2 && w.is("hello", "True")() })
		w.drain()
		expect(t, "Writes of a rollout of the front", []string{"patch httproutes", "patch httproutes", "update ingresses/status"}, w.writes())
		expect(t, "Status", true, w.isServed("api")())

		w.must(w.gateway.Tracker().Delete(httpRoutes, "default", "api"))
		w.drain()
		expect(t, "Rendered", []string{}, w.renderedFor())
		expect(t, "Writes of a deletion", []string{"delete httproutes", "delete httproutes"}, w.writes())
	})
}

// TestAttachedSurvivesRestart: B-PTH-8, B-RDY-4, a new leader writes nothing for HTTPRoutes that are served.
func TestAttachedSurvivesRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		before := aWorldOfServices(t, data, anInstallation(data), aPath("api"))
		before.until("it is served", before.isServed("api"))
		before.drain()
		objects := append(anInstallation(data), theServiceOf("users-00001"), before.ingress("hello"), before.ingress("users"))
		for _, route := range before.routes() {
			objects = append(objects, route)
		}
		w := data.serves(newWorld(t, objects...))
		w.drain()
		expect(t, "Writes", []string{}, w.writes())
	})
}

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

// TestAttachedIsIsolated: B-PTH-7, a backend that does not answer costs its own paths: the parent is Ready, rolls
// out, and the status of the HTTPRoute says for what it waits.
func TestAttachedIsIsolated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aWorldOfServices(t, data, anInstallation(data))
		data.breaks("users-00001")
		w.store(aPath("api"))
		w.until("it is accepted", func() bool { return w.entry("api")["Accepted"] == "True Accepted: " })
		w.pass(time.Minute)
		if got := w.entry("api")["Served"]; !strings.HasPrefix(got, "Unknown ProbeFailed: on Gateway gateways/blue") {
			t.Errorf("Served is %s", got)
		}
		w.changeIngress("hello", toRevision("hello-00002"))
		w.until("hello is Ready", func() bool { return w.ingress("hello").Status.ObservedGeneration == 2 && w.is("hello", "True")() })
		expect(t, "Conditions", isReady, w.conditions("hello"))
		data.breaks()
		w.until("it is served", w.isServed("api"))
	})
}

// TestAttachedMoves: B-PTH-6, the address of the new Gateway is published once that serves the paths that were
// served before, and at the latest after the drain time.
func TestAttachedMoves(t *testing.T) {
	for name, answers := range map[string]bool{"answers": true, "never answers": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				w := aWorldOfServices(t, data, anInstallation(data), aPath("api"))
				w.until("it is served", w.isServed("api"))
				published := func() bool {
					return w.ingress("hello").Status.PublicLoadBalancer.Ingress[0].DomainInternal == "envoy-green.gateways.svc.cluster.local"
				}
				data.breaks("users-00001")
				w.changeIngress("hello", func(ing *v1alpha1.Ingress) { ing.Labels["gateway"] = "green" })
				w.pass(30 * time.Second)
				expect(t, "Published", false, published())
				expect(t, "Ready", true, w.is("hello", "True")())
				if answers {
					data.breaks()
				}
				w.until("the new address is published", published)
				if answers {
					w.until("it is served", func() bool {
						return strings.Contains(w.entry("api")["Served"], "True Served: on Gateway gateways/green")
					})
				}
				w.pass(2 * config.DefaultDrain)
				for _, name := range []string{publicHost, publicHost + names.AttachedSuffix("api")} {
					expect(t, "Gateways of "+name, 1, len(w.routes()[name].Spec.ParentRefs))
				}
				expect(t, "Ready", true, w.is("hello", "True")())
			})
		})
	}
}

// TestAttachedIsWarmed: B-PTH-6, where the gateway does not warm backends, a new one gets no requests until it
// answers, and the old one is retained until requests go elsewhere: three writes of each route.
func TestAttachedIsWarmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aWorldOfServices(t, data, anInstallationWithoutWarming(data), aPath("api"))
		w.until("it is served", w.isServed("api"))
		w.drain()
		data.breaks("users-00002")
		w.changeIngress("users", toRevision("users-00002"))
		w.pass(10 * time.Second)
		expect(t, "Leads to", "users-00001", w.leadTo())
		expect(t, "Served", true, w.isServed("api")())
		data.breaks()
		w.until("requests go to the new Revision", func() bool { return w.leadTo() == "users-00002" })
		w.drain()
		for _, name := range w.renderedFor() {
			expect(t, "Rules of "+name, 2, len(w.routes()[name].Spec.Rules))
		}
	})
}

// TestAttachedAnswers: B-PTH-1, the data plane of the test sends requests by path to the Service of the rule, and
// all others to that of the parent.
func TestAttachedAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aWorldOfServices(t, data, anInstallation(data), aPath("api"))
		w.until("it is served", w.isServed("api"))
		for path, want := range map[string]string{"/": "hello-00001", "/api/v1": "users-00001"} {
			request, response := httptest.NewRequest(http.MethodGet, path, nil), httptest.NewRecorder()
			request.Host = publicHost
			data.ServeHTTP(response, request)
			expect(t, "Revision for "+path, want, response.Header().Get("Knative-Serving-Revision"))
		}
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
