// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	ktesting "k8s.io/client-go/testing"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// toRevision sends all traffic of hello to another Revision.
func toRevision(name string) func(*v1alpha1.Ingress) {
	return func(ing *v1alpha1.Ingress) {
		for i := range ing.Spec.Rules {
			split := &ing.Spec.Rules[i].HTTP.Paths[0].Splits[0]
			split.ServiceName, split.AppendHeaders["Knative-Serving-Revision"] = name, name
		}
	}
}

// trafficOf is the backend of the rule that requests for the public host match.
func (w *world) trafficOf() string {
	rules := w.routes()[publicHost].Spec.Rules
	for _, rule := range rules {
		if len(rule.Matches[0].Headers) == 0 {
			return string(rule.BackendRefs[0].Name)
		}
	}
	return ""
}

func (w *world) gatewaysOf() string {
	names := []string{}
	for _, parent := range w.routes()[publicHost].Spec.ParentRefs {
		names = append(names, string(parent.Name))
	}
	return strings.Join(names, " ")
}

// TestRevisionIsVouchedFor: B-RDY-3, a Revision that Serving calls ready, on a gateway that warms
// backends, takes one write of each route.
func TestRevisionIsVouchedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t), theServiceOf("hello-00002"))
		w.changeIngress("hello", toRevision("hello-00002"))
		w.until("hello is Ready", func() bool { return w.ingress("hello").Status.ObservedGeneration == 2 })
		expect(t, "Writes", []string{"patch httproutes", "patch httproutes", "update ingresses/status"}, w.writes())
		expect(t, "Traffic", "hello-00002", w.trafficOf())
	})
}

// TestNewBackendIsWarmed: B-RDY-3, a backend that Serving does not vouch for gets no traffic until it
// answers through the gateway, and the condition says for what the KIngress waits. This takes two writes
// of each route, and one status write in the end.
func TestNewBackendIsWarmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aReadyWorld(t, data)
		data.breaks("hello-00002")
		w.changeIngress("hello", toRevision("hello-00002"))
		w.until("the new backend has failed a probe on both routes", func() bool { return w.targets(probe.Failed) == 2 })
		expect(t, "Writes", []string{"patch httproutes", "patch httproutes"}, w.writes())
		expect(t, "Traffic", "hello-00001", w.trafficOf())

		w.clock.SetTime(w.clock.Now().Add(status.GraceBeforeReport))
		w.reconcile(hello)
		got := w.conditions("hello")["Ready"]
		if !strings.HasPrefix(got, "Unknown ProbeFailed: HTTPRoute default/hello.default.example.com on Gateway gateways/blue: probe of http://hello.default.example.com at ") ||
			!strings.Contains(got, ": status 503; until default/hello-00002:80 answers through the Gateway, requests go where they went before") {
			t.Errorf("Ready is %s", got)
		}
		expect(t, "Writes", []string{"update ingresses/status"}, w.writes())

		data.breaks()
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Writes", []string{"patch httproutes", "patch httproutes", "update ingresses/status"}, w.writes())
		expect(t, "Traffic", "hello-00002", w.trafficOf())
		expect(t, "Rules", 2, len(w.routes()[publicHost].Spec.Rules))
	})
}

// TestGoneBackendIsNotKept: B-RDY-3, nothing is served as before once the backend that has the traffic is
// gone, or its port. So requests do not wait for the new one to be proven, and the route has no reference for
// the sake of which a gateway refuses the others.
func TestGoneBackendIsNotKept(t *testing.T) {
	for name, change := range map[string]func(*world){
		"its port": func(w *world) {
			service := theServiceOf("hello-00001")
			service.Spec.Ports[0].Port = 8080
			w.replaces(service)
		},
		"its Service": func(w *world) { w.must(w.kube.Tracker().Delete(coreServices, "default", "hello-00001")) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				w := aReadyWorld(t, data)
				data.breaks("hello-00002")
				w.changeIngress("hello", toRevision("hello-00002"))
				w.until("the new backend has failed a probe on both routes", func() bool { return w.targets(probe.Failed) == 2 })
				expect(t, "Traffic", "hello-00001", w.trafficOf())
				change(w)
				w.until("requests go to the new backend", func() bool { return w.trafficOf() == "hello-00002" })
				for _, route := range w.routes() {
					for _, rule := range route.Spec.Rules {
						for _, ref := range rule.BackendRefs {
							expect(t, "Backend", "hello-00002", string(ref.Name))
						}
					}
				}
			})
		})
	}
}

// anInstallationWithoutWarming has gateways that are not known to warm backends.
func anInstallationWithoutWarming(data *plane) []runtime.Object {
	objects := anInstallation(data)
	for _, object := range objects {
		if class, ok := object.(*gatewayv1.GatewayClass); ok {
			class.Spec.ControllerName = "projectcontour.io/gateway-controller"
		}
	}
	return objects
}

// TestOldBackendIsRetained: B-RDY-3, on a gateway that is not known to warm backends, the old one stays
// on the route until the move is proven: three writes of each route and one of the status.
func TestOldBackendIsRetained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallationWithoutWarming(data), aKIngress("hello", 0))...))
		w.until("hello is Ready", w.is("hello", "True"))
		w.writes()
		written := []string{}
		w.gateway.PrependReactor("patch", "httproutes", func(action ktesting.Action) (bool, runtime.Object, error) {
			patch := action.(ktesting.PatchAction)
			if patch.GetName() == publicHost {
				has := func(what string) string { return fmt.Sprint(strings.Contains(string(patch.GetPatch()), what)) }
				written = append(written, "new "+has("hello-00002")+" old "+has("hello-00001")+" retained "+has("/.well-known/net-gateways-probe/old/"))
			}
			return false, nil, nil
		})
		w.changeIngress("hello", toRevision("hello-00002"))
		w.until("hello has cleaned up", func() bool { return len(written) == 3 && w.ingress("hello").Status.ObservedGeneration == 2 })
		for range 3 {
			w.reconcile(hello)
		}
		expect(t, "Written for the public host", []string{"new true old true retained false", "new true old true retained true", "new true old false retained false"}, written)
		patched := []string{"patch httproutes", "patch httproutes", "patch httproutes", "patch httproutes", "patch httproutes", "patch httproutes"}
		expect(t, "Writes", append(patched, "update ingresses/status"), w.writes())
		expect(t, "Traffic", "hello-00002", w.trafficOf())
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestRestartWhileWarming: B-RDY-4, a new leader goes on where the old one stopped.
func TestRestartWhileWarming(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		before := aReadyWorld(t, data)
		data.breaks("hello-00002")
		before.changeIngress("hello", toRevision("hello-00002"))
		before.until("the new backend has failed a probe on both routes", func() bool { return before.targets(probe.Failed) == 2 })
		objects := append(anInstallation(data), before.ingress("hello"))
		for _, route := range before.routes() {
			objects = append(objects, route)
		}
		w := data.serves(newWorld(t, objects...))
		w.until("the new backend has failed a probe on both routes", func() bool { return w.targets(probe.Failed) == 2 })
		expect(t, "Writes", []string{}, w.writes())
		data.breaks()
		w.until("hello is Ready", func() bool { return w.ingress("hello").Status.ObservedGeneration == 2 && w.is("hello", "True")() })
		expect(t, "Writes", []string{"patch httproutes", "patch httproutes", "update ingresses/status"}, w.writes())
	})
}

// TestMoveBetweenGateways: B-SEL-5, a route is attached to the new Gateway, proven, published, and
// detached from the old one after the drain time: two writes of the route and one of the status, and
// Ready all the time.
func TestMoveBetweenGateways(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aReadyWorld(t, data)
		published := func() string { return w.ingress("hello").Status.PublicLoadBalancer.Ingress[0].DomainInternal }
		data.deaf.Store(true)
		w.changeIngress("hello", func(ing *v1alpha1.Ingress) { ing.Labels = map[string]string{"gateway": "green"} })
		w.until("the new Gateway has failed a probe", func() bool { return w.targets(probe.Failed) == 1 })
		// Both routes carry the label of the KIngress.
		expect(t, "Writes", []string{"patch httproutes", "patch httproutes"}, w.writes())
		expect(t, "Gateways", "green blue", w.gatewaysOf())
		expect(t, "Published", "envoy-blue.gateways.svc.cluster.local", published())

		w.clock.SetTime(w.clock.Now().Add(status.GraceWhenReady))
		w.reconcile(hello)
		if got := w.conditions("hello"); got["Ready"] != "True" || !strings.HasPrefix(got["NetworkConfigured"], "True ProbeFailed: served as before, because: HTTPRoute default/hello.default.example.com on Gateway gateways/green") {
			t.Errorf("Conditions %v", got)
		}
		w.writes()

		data.deaf.Store(false)
		w.until("the new address is published", func() bool { return published() == "envoy-green.gateways.svc.cluster.local" })
		expect(t, "Writes", []string{"update ingresses/status"}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
		for range 3 {
			w.reconcile(hello)
		}
		expect(t, "Gateways", "green blue", w.gatewaysOf())

		w.clock.SetTime(w.clock.Now().Add(config.DefaultDrain - time.Second))
		w.reconcile(hello)
		expect(t, "Gateways", "green blue", w.gatewaysOf())
		w.clock.SetTime(w.clock.Now().Add(2 * time.Second))
		w.reconcile(hello)
		expect(t, "Gateways", "green", w.gatewaysOf())
		w.reconcile(hello)
		expect(t, "Writes", []string{"patch httproutes"}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}
