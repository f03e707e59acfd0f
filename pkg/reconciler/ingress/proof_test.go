// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// aNewLeader is the cluster of a world under a new leader.
func aNewLeader(before *world, data *plane) *world {
	before.Helper()
	ing := before.ingress("hello").DeepCopy()
	ing.ResourceVersion = "1" // each world counts its own
	objects := append(anInstallation(data), ing)
	for _, route := range before.routes() {
		route.ResourceVersion = "1"
		objects = append(objects, route)
	}
	return data.serves(newWorld(before.T, objects...))
}

// accept reports a route as accepted.
func (w *world) accept(route string) {
	w.Helper()
	w.acceptedBy(envoyGateway, route)
}

// acceptedBy is that by any controller.
func (w *world) acceptedBy(controller gatewayv1.GatewayController, route string) {
	w.Helper()
	changed := w.routes()[route].DeepCopy()
	yes := metav1.Condition{Type: "Accepted", Status: metav1.ConditionTrue, ObservedGeneration: changed.Generation}
	changed.Status.Parents = []gatewayv1.RouteParentStatus{{ParentRef: changed.Spec.ParentRefs[0], ControllerName: controller, Conditions: []metav1.Condition{yes, yes}}}
	changed.Status.Parents[0].Conditions[1].Type = "ResolvedRefs"
	w.replaces(changed)
}

func (w *world) known() probe.Report {
	return w.r.prober.Known(ownerOf(w.ingress("hello")))
}

// targets is how many of the targets of hello are in the state.
func (w *world) targets(state probe.State) (n int) {
	for _, result := range w.known().Results {
		if result.State == state {
			n++
		}
	}
	return n
}

const tagHost = "tag-hello.default.example.com"

// TestDegradedProof: B-RDY-1, behind an auth proxy the Gateway's status is the proof after a while, and
// the condition says so. B-RDY-4: it says so while that lasts, under a new leader, too, without a write.
// When the data plane answers, one write ends it.
func TestDegradedProof(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		data.guarded.Store(true)
		ing := aKIngress("hello", 0)
		ing.Spec.Rules = append(ing.Spec.Rules[1:], *ing.Spec.Rules[1].DeepCopy())
		ing.Spec.Rules[1].Hosts = []string{tagHost}
		w := data.serves(newWorld(t, append(anInstallation(data), ing)...))
		w.until("both routes have been refused", func() bool { return w.targets(probe.Failed) == 2 })
		w.accept(publicHost)
		w.accept(tagHost)
		w.clock.SetTime(w.clock.Now().Add(2 * probe.RefusedFor))
		w.reconcile(hello)
		w.until("hello is Ready", w.is("hello", "True"))
		address := data.Listener.Addr().String()
		guarded := func(host string) string {
			return "data plane " + address + " answers 403 for " + host + ": something in front asks for credentials; using the Gateway's status"
		}
		const tag = "HTTPRoute default/" + tagHost + ": "
		degraded := map[string]string{"Ready": "True", "LoadBalancerReady": "True", "NetworkConfigured": "True ProbeDegraded: " +
			"HTTPRoute default/" + publicHost + ": " + guarded(publicHost) + "; " + tag + guarded(tagHost)}
		expect(t, "Writes", []string{"create httproutes", "create httproutes", "update ingresses/status"}, w.writes())
		expect(t, "Conditions", degraded, w.conditions("hello"))
		for range 3 {
			w.reconcile(hello)
		}
		expect(t, "Writes of a resync", []string{}, w.writes())

		w = aNewLeader(w, data)
		w.until("the new leader has been refused", func() bool { return w.targets(probe.Failed) == 2 })
		expect(t, "Writes of a new leader", []string{}, w.writes())
		expect(t, "Conditions under it", degraded, w.conditions("hello"))

		data.guarded.Store(false)
		w = aNewLeader(w, data)
		w.until("the condition is taken back", func() bool { return w.conditions("hello")["NetworkConfigured"] == "True" })
		expect(t, "Writes of the recovery", []string{"update ingresses/status"}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
		w.reconcile(hello)
		expect(t, "Proofs that are remembered", 0, len(w.known().Results))
	})
}

// TestKnownAuthProxy: B-RDY-12, behind a known auth proxy, later versions are Ready once the gateway has
// accepted them, under a new leader, too, and after a report that is not Ready; when the data plane
// answers, the proxy is not known any more.
func TestKnownAuthProxy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		data.guarded.Store(true)
		ing := aKIngress("hello", 0)
		ing.Spec.Rules = ing.Spec.Rules[1:]
		w := data.serves(newWorld(t, append(anInstallation(data), ing)...))
		w.until("the route has been refused", func() bool { return w.targets(probe.Failed) == 1 })
		w.accept(publicHost)
		w.pass(probe.RefusedFor - 2*time.Second)
		expect(t, "Ready before the auth proxy is known", false, w.is("hello", "True")())
		w.until("hello is Ready", w.is("hello", "True"))
		degraded := w.conditions("hello")
		authProxies := func() map[string]probe.Mode {
			return status.ProofsOf(w.ingress("hello").Status)["ExternalIP"].AuthProxyModes
		}
		expect(t, "Known auth proxies", map[string]probe.Mode{publicHost: probe.Status}, authProxies())

		ready := func(generation int64) func() bool {
			return func() bool {
				return w.ingress("hello").Status.ObservedGeneration == generation && w.is("hello", "True")()
			}
		}
		w = aNewLeader(w, data)
		w.unaccept(publicHost)
		w.changeIngress("hello", toRevision("hello-00002"))
		w.until("the new backend has been refused", func() bool { return w.targets(probe.Failed) == 1 })
		w.pass(time.Minute)
		expect(t, "It is reported before it is accepted", true, w.is("hello", "Unknown RouteNotAccepted")())
		expect(t, "Auth proxies that are known then", map[string]probe.Mode{publicHost: probe.Status}, authProxies())
		accepted := time.Now()
		w.accept(publicHost)
		w.until("the new backend gets its traffic", func() bool { return w.trafficOf() == "hello-00002" })
		w.accept(publicHost)
		w.until("the second generation is Ready", ready(2))
		expect(t, "That takes 2 s at most", true, time.Since(accepted) <= 2*time.Second)
		expect(t, "Conditions", degraded, w.conditions("hello"))

		w = aNewLeader(w, data)
		data.guarded.Store(false)
		w.until("the condition is taken back", func() bool { return w.conditions("hello")["NetworkConfigured"] == "True" })
		expect(t, "Auth proxies that are known at last", 0, len(authProxies()))
		expect(t, "Writes of the recovery", []string{"update ingresses/status"}, w.writes())
	})
}

// unaccept removes the gateway's conditions of a route.
func (w *world) unaccept(route string) {
	w.Helper()
	changed := w.routes()[route].DeepCopy()
	changed.Status.Parents = nil
	w.replaces(changed)
	w.until("the words are gone", func() bool {
		stored, err := w.r.reader(w.Context()).Routes(w.ingress("hello"))
		w.must(err)
		return !slices.ContainsFunc(stored, func(r *gatewayv1.HTTPRoute) bool { return r.Name == route && len(r.Status.Parents) > 0 })
	})
}

// TestLaterPod: B-RDY-1, a pod that becomes ready while a service is being proven is probed, too, before
// the service is Ready.
func TestLaterPod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, later := newPlane(t), newPlane(t)
		first.deaf.Store(true)
		later.deaf.Store(true)
		w := first.serves(newWorld(t, append(anInstallation(first), aKIngress("hello", 0))...))
		later.serves(w)
		w.until("both routes have failed a probe", func() bool { return w.targets(probe.Failed) == 2 })
		slice := aFront("blue", later)[1].(*discoveryv1.EndpointSlice)
		slice.Name += "-later"
		w.store(slice)
		w.until("the new pod is asked, too", func() bool { return w.targets(probe.Failed) == 3 })
		first.deaf.Store(false)
		w.until("the first pod serves both routes", func() bool { return w.targets(probe.Proven) == 2 })
		w.reconcile(hello)
		expect(t, "Writes", []string{"create httproutes", "create httproutes"}, w.writes())
		later.deaf.Store(false)
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Writes", []string{"update ingresses/status"}, w.writes())
	})
}
