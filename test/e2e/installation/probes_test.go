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

// obstacles keep the controller, not the clients, from asking Gateway blue.
var obstacles = []struct {
	name  string
	put   func(*testing.T, *fixture.Space) (remove func())
	words []string
}{
	{"pods", func(t *testing.T, _ *fixture.Space) func() { return wall(t, "blue", toThePods) },
		[]string{"data plane ", "cannot be reached: no connection within 1s", "using the Gateway's addresses"}},
	{"gateway", func(t *testing.T, _ *fixture.Space) func() { return wall(t, "blue", toTheGateway) },
		[]string{"data plane ", "address ", "cannot be reached: no connection within 1s", "using the Gateway's status"}},
	{"guard", func(t *testing.T, space *fixture.Space) func() {
		space.Serve(t, "witness", nil)
		remove := policy(t, cluster.SecurityPolicies, map[string]any{"authorization": map[string]any{"defaultAction": "Deny"}})
		cluster.AwaitAnswer(t, world.Blue, space.ExternalHost("witness"), 403, cluster.Minutes)
		return remove
	}, []string{"data plane ", "answers 403", "something in front asks for credentials", "using the Gateway's status"}},
}

// B-RDY-1, B-RDY-2, issue 4 item 6: where nobody can be asked, or something in front
// asks for credentials, `auto` takes a weaker proof after a while and says so in the
// condition and an Event; a new leader changes nothing (B-RDY-4); and the condition is
// corrected, by one write, when the obstacle goes, without a touch of the service. After
// how long is for the tests in virtual time (TestDegradesInTime).
func TestProbesDegradeAndRecover_BRDY1_auto(t *testing.T) {
	for _, obstacle := range obstacles {
		t.Run(obstacle.name, func(t *testing.T) {
			space := world.Space(t, nil)
			remove := obstacle.put(t, space)
			begin := time.Now()
			first := degradedService(t, space, "first", obstacle.words)
			t.Logf("after %s: %s", time.Since(begin).Round(time.Millisecond), network(first))
			awaitEventOf(t, first, degraded)
			begin = time.Now()
			degradedService(t, space, "second", obstacle.words)
			t.Logf("the second after %s", time.Since(begin).Round(time.Millisecond))

			writes := watchStatus(t, space, "first")
			restart(t, controller)
			cluster.Deployments.Await(t, world.Cluster, cluster.SystemNamespace, controller, cluster.Minutes, fixture.RolledOut)
			degradedService(t, space, "third", obstacle.words) // the lease of the old leader comes first
			if seen := writes(); len(seen) != 1 {
				t.Errorf("the new leader writes the status of a Ready KIngress:\n%s", strings.Join(seen, "\n"))
			}

			writes = watchStatus(t, space, "first")
			remove()
			begin = time.Now()
			for _, name := range []string{"first", "second", "third"} {
				cluster.KIngresses.Await(t, world.Cluster, space.Name, name, cluster.Seconds, saysNetwork(""))
			}
			t.Logf("recovered after %s", time.Since(begin).Round(time.Millisecond))
			if seen := writes(); len(seen) != 2 {
				t.Errorf("want one write for the recovery:\n%s", strings.Join(seen, "\n"))
			}
			cluster.AwaitAnswer(t, world.Blue, space.ExternalHost("first"), 200, cluster.Seconds)
		})
	}
}

// B-RDY-1: a mode that is set is used, and no other. With the pods behind a wall
// `address` asks the Gateway's address; with all of it behind a wall `status` asks
// nobody, and `dataplane` waits and says for whom, until the wall is gone.
func TestExplicitProbes_BRDY1(t *testing.T) {
	for _, c := range []struct{ mode, stops string }{{"address", toThePods}, {"status", toTheGateway}, {"dataplane", toTheGateway}} {
		t.Run(c.mode, func(t *testing.T) {
			world.Restore(t)
			space := world.Space(t, nil)
			space.Backend(t, "hello")
			if err := write(map[string]string{external: blue + "  probe: " + c.mode + "\n", local: internal}); err != nil {
				t.Fatal(err)
			}
			remove := wall(t, "blue", c.stops)
			cluster.KIngresses.Create(t, world.Cluster, space.KIngress("hello", nil))
			if c.mode == "dataplane" {
				space.AwaitReason(t, "hello", cluster.Seconds, "ProbeFailed", "gateways/blue", dataPlanePods(t, "blue")[0], "no connection within 1s")
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
func degradedService(t *testing.T, space *fixture.Space, name string, words []string) *v1alpha1.Ingress {
	t.Helper()
	// Where the Gateway itself adds the version to the answer, its own 403 is a proof.
	space.LabelledBackend(t, name, map[string]string{"serving.knative.dev/revision": name})
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress(name, nil))
	return cluster.KIngresses.Await(t, world.Cluster, space.Name, name, cluster.Minutes, saysNetwork(degraded, append(words, space.ExternalHost(name))...))
}

// policy puts one in front of Gateway blue.
func policy(t *testing.T, kind cluster.Kind[cluster.Object], spec map[string]any) (remove func()) {
	t.Helper()
	created := kind.Create(t, world.Cluster, cluster.Policy("gateways", "blue", spec))
	return func() { kind.Delete(t, world.Cluster, "gateways", created.String("metadata", "name")) }
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
