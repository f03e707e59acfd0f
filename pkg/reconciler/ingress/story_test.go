// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/reconciler"
)

var (
	hello   = types.NamespacedName{Namespace: "default", Name: "hello"}
	isReady = map[string]string{"Ready": "True", "NetworkConfigured": "True", "LoadBalancerReady": "True"}
)

func expect[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want, +got):\n%s", what, diff)
	}
}

// aReadyWorld is a world in which hello is Ready and nothing has been written since.
func aReadyWorld(t *testing.T, data *plane, besides ...runtime.Object) *world {
	t.Helper()
	w := data.serves(newWorld(t, append(append(anInstallation(data), aKIngress("hello", 0)), besides...)...))
	w.until("hello is Ready", w.is("hello", "True"))
	w.writes()
	return w
}

// TestNewService: B-OPS-1, one create for each HTTPRoute and one status write, which
// comes after the proof; B-RDY-5, both load balancers.
func TestNewService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0))...))
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Writes", []string{"create httproutes", "create httproutes", "update ingresses/status"}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
		status := w.ingress("hello").Status
		expect(t, "publicLoadBalancer", []v1alpha1.LoadBalancerIngressStatus{{DomainInternal: "envoy-blue.gateways.svc.cluster.local"}}, status.PublicLoadBalancer.Ingress)
		expect(t, "privateLoadBalancer", []v1alpha1.LoadBalancerIngressStatus{{DomainInternal: "envoy-inner.gateways.svc.cluster.local"}}, status.PrivateLoadBalancer.Ingress)
		routes := w.routes()
		if len(routes) != 2 || routes[publicHost] == nil || routes[privateHost] == nil {
			t.Errorf("HTTPRoutes %v", routes)
		}
	})
}

// TestResync: B-TRN-4, B-RDY-4, a reconcile with nothing to do writes nothing.
func TestResync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		for range 3 {
			w.reconcile(hello)
		}
		expect(t, "Writes", []string{}, w.writes())
	})
}

// TestRestart: B-RDY-4, a new leader finds its state on the objects: it writes nothing and probes
// nothing, even if the data plane does not answer at that moment.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		before := aReadyWorld(t, data)
		objects := append(anInstallation(data), before.ingress("hello"))
		for _, route := range before.routes() {
			objects = append(objects, route)
		}
		data.deaf.Store(true)
		w := data.serves(newWorld(t, objects...))
		for range 3 {
			w.reconcile(hello)
		}
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
		expect(t, "Known proofs", 0, len(w.r.prober.Known(ownerOf(w.ingress("hello"))).Results))
	})
}

// TestLostLease: B-RDY-4, a replica that does not lead writes nothing, probes nothing and caches nothing,
// because its cache may be wrong when it leads again.
func TestLostLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		data.deaf.Store(true)
		w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0))...))
		known := func() int { return len(w.r.prober.Known(ownerOf(w.ingress("hello"))).Results) }
		w.until("the data planes are asked", func() bool { return known() > 0 })
		w.writes()
		w.r.Demote(reconciler.UniversalBucket())
		data.deaf.Store(false)
		w.reconcile(hello)
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Known proofs", 0, known())
		w.must(w.r.Promote(reconciler.UniversalBucket(), w.impl.MaybeEnqueueBucketKey))
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Writes", []string{"update ingresses/status"}, w.writes())
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
