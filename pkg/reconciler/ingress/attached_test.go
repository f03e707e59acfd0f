// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

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

// TestOneMoreAttached: B-PTH-8, one more HTTPRoute at a Knative Service that has forty takes as many writes and
// reconciles as the first: none is for the others.
func TestOneMoreAttached(t *testing.T) {
	for _, many := range []int{0, 40} {
		synctest.Test(t, func(t *testing.T) {
			data := newPlane(t)
			w := aWorldOfServices(t, data, anInstallation(data))
			for n := range many {
				if w.store(aPath(fmt.Sprint("p", n))); n%20 == 19 { // a fake watch holds a hundred events
					w.drain()
				}
			}
			w.writes()
			w.store(aPath("api"))
			reconciled := w.drain()
			expect(t, "Served", true, w.isServed("api")())
			expect(t, "Writes", []string{"create httproutes", "create httproutes", "patch httproutes/status", "patch httproutes/status"}, w.writes())
			hello := types.NamespacedName{Namespace: "default", Name: "hello"}
			expect(t, "Reconciled", []types.NamespacedName{hello, hello, hello}, reconciled)
		})
	}
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
