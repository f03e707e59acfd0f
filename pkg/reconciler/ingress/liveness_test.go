// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/reconciler"

	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/prober"
	"github.com/net-gateways/net-gateways/pkg/status"
)

var (
	blue           = types.NamespacedName{Namespace: "gateways", Name: "blue"}
	endpointSlices = discoveryv1.SchemeGroupVersion.WithResource("endpointslices")

	inner = types.NamespacedName{Namespace: "gateways", Name: "inner"}
)

// aFurtherKIngress is another service.
func aFurtherKIngress(name string) *v1alpha1.Ingress {
	ing := aKIngress(name, 0)
	ing.Spec.Rules[0].Hosts = []string{name + ".default", name + ".default.svc", name + ".default.svc.cluster.local"}
	ing.Spec.Rules[1].Hosts = []string{name + ".default.example.com"}
	return ing
}

func named(name string) types.NamespacedName {
	return types.NamespacedName{Namespace: "default", Name: name}
}

// aComplainingWorld is a world with three Ready services, on Gateways with a negative condition.
func aComplainingWorld(t *testing.T, data *plane) *world {
	t.Helper()
	w := data.serves(newWorld(t, append(anInstallationInSystem(data, withoutAddress), aKIngress("hello", 0), aFurtherKIngress("second"), aFurtherKIngress("third"))...))
	w.until("all are Ready", w.all("True"))
	w.until("a KIngress is appointed for each Gateway", func() bool { return w.appointed(blue) != "" && w.appointed(inner) != "" })
	w.writes()
	w.said()
	return w
}

func (w *world) all(ready string) func() bool {
	return func() bool { return w.is("hello", ready)() && w.is("second", ready)() && w.is("third", ready)() }
}

// appointed is the KIngress whose reconciles probe the data plane of a Gateway.
func (w *world) appointed(gateway types.NamespacedName) string {
	w.r.liveness.mu.Lock()
	defer w.r.liveness.mu.Unlock()
	if plane := w.r.liveness.planes[gateway]; plane != nil {
		return plane.appointed.Name.Name
	}
	return ""
}

// asked are the hosts for which the data plane of a Gateway is probed for liveness.
func (w *world) asked(gateway types.NamespacedName) []string {
	hosts := []string{}
	for _, result := range w.r.liveness.prober.Known(prober.Owner{Name: gateway}).Results {
		hosts = append(hosts, result.Host)
	}
	return hosts
}

// TestDataPlaneDies: B-RDY-8, the services of Gateways with a negative condition stay Ready until their
// data plane has not answered for 15 s, and are Ready again when it answers.
func TestDataPlaneDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aComplainingWorld(t, data)
		w.gatewayBecomes("inner", withAddress) // or each is told of two, at once or not
		w.pass(time.Minute)
		w.writes()
		data.deaf.Store(true)
		w.pass(status.GraceWhenReady)
		expect(t, "Writes before the time is over", []string{}, w.writes())
		w.pass(askAlive + time.Second) // the question may come that much later
		expect(t, "All have heard of it", true, w.all("Unknown")())
		ready := w.conditions("second")["Ready"]
		for _, words := range []string{"Unknown GatewayNotProgrammed: Gateway gateways/blue: Programmed is False: AddressNotAssigned: no load balancer; its data plane has not answered for 15s: probe of http://", "status 404"} {
			if !strings.Contains(ready, words) {
				t.Errorf("%q is not in %q", words, ready)
			}
		}
		expect(t, "Writes", []string{"update ingresses/status", "update ingresses/status", "update ingresses/status"}, w.writes())
		expect(t, "Published", "envoy-blue.envoy-gateway-system.svc.cluster.local", w.ingress("hello").Status.PublicLoadBalancer.Ingress[0].DomainInternal)
		data.deaf.Store(false)
		w.pass(5 * time.Second)
		expect(t, "All are Ready again", true, w.all("True")())
	})
}

// TestDataPlaneIsAway: B-RDY-8, a data plane that does not answer for less time changes nothing.
func TestDataPlaneIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aComplainingWorld(t, data)
		for range 5 {
			data.deaf.Store(true)
			w.pass(status.GraceWhenReady - 2*time.Second)
			data.deaf.Store(false)
			w.pass(5 * time.Second)
		}
		expect(t, "Writes", []string{}, w.writes())
	})
}

// TestDataPlaneIsAskedOnce: B-RDY-8, a data plane is probed for one route, not for one of each service.
// If its KIngress is deleted, another KIngress is appointed. There is none if the Gateway has no negative
// condition, or another replica leads.
func TestDataPlaneIsAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aComplainingWorld(t, newPlane(t))
		for range 3 {
			for _, name := range []string{"hello", "second", "third"} {
				w.reconcile(named(name))
				expect(t, "Questions for "+name, 0, len(w.r.prober.Known(prober.Owner{UID: types.UID("uid-of-" + name), Name: named(name)}).Results))
			}
			w.pass(askAlive)
		}
		expect(t, "Routes asked for at blue", 1, len(w.asked(blue)))
		expect(t, "Routes asked for at inner", 1, len(w.asked(inner)))
		if looks, most := len(w.pass(time.Minute)), 2*2*int(time.Minute/askAlive); looks == 0 || looks > most {
			t.Errorf("%d looks in a minute, want %d at most: one asks and hears, at each of two Gateways", looks, most)
		}
		expect(t, "Writes", []string{}, w.writes())

		first := w.appointed(blue)
		w.must(w.networking.Tracker().Delete(ingresses, "default", first))
		w.until("another asks", func() bool { return w.appointed(blue) != first && w.appointed(blue) != "" })
		w.pass(askAlive)
		expect(t, "Asked for", []string{w.appointed(blue) + ".default.example.com"}, w.asked(blue))

		w.r.Demote(reconciler.UniversalBucket())
		expect(t, "Routes asked for by who does not lead", 0, len(w.asked(blue))+len(w.asked(inner)))
		w.must(w.r.Promote(reconciler.UniversalBucket(), w.impl.MaybeEnqueueBucketKey))
		w.until("one is appointed again", func() bool { return len(w.asked(blue)) == 1 })
		w.gatewayBecomes("blue", withAddress)
		w.drain()
		expect(t, "Routes asked for at blue", 0, len(w.asked(blue)))
		expect(t, "Routes asked for at inner", 1, len(w.asked(inner)))
	})
}

// TestProxiesByThemselves: B-RDY-8, each proxy has its own time, a proxy with addresses of both families
// answers at either of them, and the message stays while a proxy is dead.
func TestProxiesByThemselves(t *testing.T) {
	plane, noon := &livePlane{}, time.Unix(1_800_000_000, 0)
	result := func(pod, address string, state probe.State, problem string) probe.Result {
		return probe.Result{Target: probe.Target{Pod: pod, Address: address, Scheme: "http", Host: "hello"}, State: state, Err: problem}
	}
	const dead = "its data plane has not answered for 15s: probe of http://hello at 10.0.0.2:80: status 404"
	for _, step := range []struct {
		after   time.Duration
		results []probe.Result
		want    string
	}{
		{0, []probe.Result{result("a", "10.0.0.1:80", probe.Proven, ""), result("a", "[fd00::1]:80", probe.Failed, "refused"), result("b", "10.0.0.2:80", probe.Failed, "status 404")}, ""},
		{10 * time.Second, []probe.Result{result("b", "10.0.0.2:80", probe.Failed, "status 404"), result("c", "10.0.0.3:80", probe.Failed, "status 404")}, ""},
		{14 * time.Second, []probe.Result{result("b", "10.0.0.2:80", probe.Proven, ""), result("c", "10.0.0.3:80", probe.Failed, "status 404")}, ""},
		{15 * time.Second, []probe.Result{result("b", "10.0.0.2:80", probe.Failed, "status 404"), result("c", "10.0.0.3:80", probe.Proven, "")}, ""},
		{30 * time.Second, []probe.Result{result("b", "10.0.0.2:80", probe.Failed, "status 404")}, dead},
		{31 * time.Second, []probe.Result{result("b", "10.0.0.2:80", probe.Failed, "status 503")}, dead},
		{32 * time.Second, []probe.Result{result("b", "10.0.0.2:80", probe.Pending, "")}, dead},
		{33 * time.Second, []probe.Result{result("b", "10.0.0.2:80", probe.Proven, "")}, ""},
		{34 * time.Second, nil, ""},
		{49 * time.Second, nil, "its data plane has had no ready pod and no address for 15s"},
	} {
		plane.judge(probe.Report{Results: step.results}, noon.Add(step.after))
		expect(t, "Dead after "+step.after.String(), step.want, plane.dead)
	}
}

// TestBrokenBackendIsNoDeath: B-RDY-8, if the probed route has lost its backend, other routes show that
// the data plane is alive.
func TestBrokenBackendIsNoDeath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aComplainingWorld(t, data)
		data.down.Store(w.appointed(blue)+".default.example.com", true)
		data.down.Store(w.appointed(inner)+".default", true)
		w.pass(5 * time.Minute)
		expect(t, "Writes", []string{}, w.writes())
	})
}

// TestNoPodsUnderComplaint: B-RDY-8, a data plane without pods does not answer.
func TestNoPodsUnderComplaint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aComplainingWorld(t, newPlane(t))
		stored, err := w.kube.Tracker().Get(endpointSlices, "envoy-gateway-system", "envoy-blue")
		w.must(err)
		slice := stored.(*discoveryv1.EndpointSlice).DeepCopy()
		slice.Endpoints = nil
		w.replaces(slice)
		w.pass(status.GraceWhenReady - time.Second)
		expect(t, "Writes before the time is over", []string{}, w.writes())
		w.pass(askAlive + 2*time.Second)
		expect(t, "All have heard of it", true, w.all("Unknown GatewayNotProgrammed: Gateway gateways/blue: Programmed is False: AddressNotAssigned: no load balancer; ")())
	})
}

// TestRestartUnderComplaint: B-RDY-4, B-RDY-8, under a new leader all services stay Ready while the data
// plane is probed.
func TestRestartUnderComplaint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		before := aComplainingWorld(t, data)
		ing := before.ingress("hello").DeepCopy()
		ing.ResourceVersion = "1" // each world counts its own
		objects := append(anInstallationInSystem(data, withoutAddress), ing)
		for _, route := range before.routes() {
			if strings.HasPrefix(route.Name, "hello.") {
				route.ResourceVersion = "1"
				objects = append(objects, route)
			}
		}
		data.deaf.Store(true)
		w := data.serves(newWorld(t, objects...))
		w.pass(status.GraceWhenReady - time.Second)
		expect(t, "Writes", []string{}, w.writes())
		w.pass(2 * time.Second)
		expect(t, "Writes of a dead one", []string{"update ingresses/status"}, w.writes())
	})
}
