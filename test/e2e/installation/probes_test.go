// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// blocked is a Gateway that an obstacle keeps the controller, not the clients, from asking.
type blocked struct {
	obstacle, gateway string
	put               func(t *testing.T, on *blocked) (remove func())
	words             []string

	space   *fixture.Space
	address string
	remove  func()
	writes  func() []string // of the status of its first service
}

// behindObstacles are Gateways with an obstacle each, so that what there is to wait for is waited for side by side.
func behindObstacles() []*blocked {
	return []*blocked{
		{obstacle: "pods", gateway: walled,
			put:   func(t *testing.T, on *blocked) func() { return wall(t, on.gateway, toThePods) },
			words: []string{"data plane ", "cannot be reached: no connection within 1s", "using the Gateway's addresses"}},
		{obstacle: "gateway", gateway: "green", address: world.Green,
			put:   func(t *testing.T, on *blocked) func() { return wall(t, on.gateway, toTheGateway) },
			words: []string{"data plane ", "address ", "cannot be reached: no connection within 1s", "using the Gateway's status"}},
		{obstacle: "guard", gateway: "blue", address: world.Blue, put: guard,
			words: []string{"data plane ", "answers 403", "something in front asks for credentials", "using the Gateway's status"}},
	}
}

// guard is a policy that refuses every request.
func guard(t *testing.T, on *blocked) (remove func()) {
	on.space.Serve(t, "witness", on.labels())
	remove = policy(t, cluster.SecurityPolicies, map[string]any{"authorization": map[string]any{"defaultAction": "Deny"}})
	cluster.AwaitAnswer(t, on.address, on.space.ExternalHost("witness"), 403, cluster.Minutes)
	return remove
}

func (b *blocked) labels() map[string]string { return map[string]string{"gateway": b.gateway} }

// B-RDY-1, B-RDY-2, issue 4 item 6: where no proxy can be asked, or something in front
// asks for credentials, `auto` takes a weaker proof after a while and says so in the
// condition and an Event; a new leader changes nothing (B-RDY-4); and the condition is
// corrected, by one write, when the obstacle goes, without a touch of the service. After
// how long is for the tests in virtual time (TestDegradesInTime).
func TestProbesDegradeAndRecover_BRDY1_auto(t *testing.T) {
	gateways := behindObstacles()
	gateways[0].address = world.ServeGateway(t, gateways[0].gateway, "e2e-public")
	for _, on := range gateways {
		on.space = world.Space(t, nil)
		on.remove = on.put(t, on)
	}
	sideBySide(t, "degrade", gateways, func(t *testing.T, on *blocked) {
		begin := time.Now()
		first := degradedService(t, on.space, "first", on.labels(), on.words)
		t.Logf("after %s: %s", time.Since(begin).Round(time.Millisecond), network(first))
		awaitEventOf(t, first, degraded)
		begin = time.Now()
		degradedService(t, on.space, "second", on.labels(), on.words)
		t.Logf("the second after %s", time.Since(begin).Round(time.Millisecond))
	})

	for _, on := range gateways {
		on.writes = watchStatus(t, on.space, "first")
	}
	restart(t, controller)
	cluster.Deployments.Await(t, world.Cluster, cluster.SystemNamespace, controller, cluster.Minutes, fixture.RolledOut)
	sideBySide(t, "a new leader", gateways, func(t *testing.T, on *blocked) {
		degradedService(t, on.space, "third", on.labels(), on.words) // the lease of the old leader comes first
		if seen := on.writes(); len(seen) != 1 {
			t.Errorf("the new leader writes the status of a Ready KIngress:\n%s", strings.Join(seen, "\n"))
		}
	})

	sideBySide(t, "recover", gateways, func(t *testing.T, on *blocked) {
		writes := watchStatus(t, on.space, "first")
		on.remove()
		begin := time.Now()
		for _, name := range []string{"first", "second", "third"} {
			cluster.KIngresses.Await(t, world.Cluster, on.space.Name, name, cluster.Seconds, saysNetwork(""))
		}
		t.Logf("recovered after %s", time.Since(begin).Round(time.Millisecond))
		if seen := writes(); len(seen) != 2 {
			t.Errorf("want one write for the recovery:\n%s", strings.Join(seen, "\n"))
		}
		cluster.AwaitAnswer(t, on.address, on.space.ExternalHost("first"), 200, cluster.Seconds)
	})
}

// sideBySide does a part of the test for all Gateways at once, and ends the test if it fails for one.
func sideBySide(t *testing.T, part string, gateways []*blocked, do func(*testing.T, *blocked)) {
	t.Helper()
	if !t.Run(part, func(t *testing.T) {
		for _, on := range gateways {
			t.Run(on.obstacle, func(t *testing.T) {
				t.Parallel()
				do(t, on)
			})
		}
	}) {
		t.FailNow()
	}
}

// B-RDY-1: a mode that is set is used, and no other. With the pods behind a wall
// `address` asks the Gateway's address; with all of it behind a wall `status` asks
// no proxy, and `dataplane` waits and says for whom, until the wall is gone.
func TestExplicitProbes_BRDY1(t *testing.T) {
	for _, c := range []struct{ mode, stops string }{{"address", toThePods}, {"status", toTheGateway}, {"dataplane", toTheGateway}} {
		t.Run(c.mode, func(t *testing.T) {
			world.Restore(t)
			space := world.Space(t, nil)
			space.Backend(t, "hello")
			if err := write(map[string]string{external: blue() + "  probe: " + c.mode + "\n", local: internal()}); err != nil {
				t.Fatal(err)
			}
			remove := wall(t, "blue", c.stops)
			cluster.KIngresses.Create(t, world.Cluster, space.KIngress("hello", nil))
			if c.mode == "dataplane" {
				space.AwaitReason(t, "hello", cluster.Seconds, "ProbeFailed", world.Shared("blue").String(), dataPlanePods(t, "blue")[0], "no connection within 1s")
				local := cluster.KIngresses.Get(t, world.Cluster, space.Name, "hello").Status.PrivateLoadBalancer
				if local == nil || len(local.Ingress) != 1 {
					t.Errorf("B-RDY-5: the local side is not published: %v", local)
				}
				remove()
			}
			cluster.KIngresses.Await(t, world.Cluster, space.Name, "hello", cluster.Seconds, saysNetwork(""))
			cluster.AwaitAnswer(t, world.Blue, space.ExternalHost("hello"), 200, cluster.Seconds) // `status` believes
		})
	}
}

// degradedService serves a KIngress, and waits until it is Ready by a weaker proof.
func degradedService(t *testing.T, space *fixture.Space, name string, labels map[string]string, words []string) *v1alpha1.Ingress {
	t.Helper()
	// Where the Gateway itself adds the version to the answer, its own 403 is a proof.
	space.LabelledBackend(t, name, map[string]string{"serving.knative.dev/revision": name})
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress(name, labels))
	return cluster.KIngresses.Await(t, world.Cluster, space.Name, name, cluster.Minutes, saysNetwork(degraded, append(words, space.ExternalHost(name))...))
}

// policy puts one in front of Gateway blue.
func policy(t *testing.T, kind cluster.Kind[cluster.Object], spec map[string]any) (remove func()) {
	t.Helper()
	created := kind.Create(t, world.Cluster, cluster.Policy(world.Shared("blue").Namespace, "blue", spec))
	return func() {
		kind.Delete(t, world.Cluster, world.Shared("blue").Namespace, created.String("metadata", "name"))
	}
}

func network(ing *v1alpha1.Ingress) string {
	condition := ing.Status.GetCondition(v1alpha1.IngressConditionNetworkConfigured)
	return condition.Reason + ": " + condition.Message
}

// watchStatus notes what a KIngress says, at each change of it, and first as it is.
func watchStatus(t *testing.T, space *fixture.Space, name string) func() []string {
	t.Helper()
	var mu sync.Mutex
	seen := []string{}
	stop := cluster.KIngresses.Watch(t, world.Cluster, space.Name, metav1.ListOptions{FieldSelector: "metadata.name=" + name},
		func(_ watch.EventType, ing *v1alpha1.Ingress) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, ing.ResourceVersion+" "+network(ing))
		})
	return func() []string {
		stop()
		mu.Lock()
		defer mu.Unlock()
		return seen
	}
}
