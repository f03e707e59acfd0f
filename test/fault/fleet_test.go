// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package fault

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/util/retry"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// fleet is a namespace full of Ready services, and one beside them whose HTTPRoute is
// taken away in each fault.
type fleet struct {
	*fixture.Space
	// others has the victim and the services that faults bring.
	others *fixture.Space
	count  int
}

const (
	fleetSize = 100
	victim    = "victim"
	// every is how often each of the two streams of requests asks.
	every = 40 * time.Millisecond
	// enough answers after a fault to see what the new leader does: it looks at all
	// services within a second.
	enough = 100
)

func ship(number int) string { return fmt.Sprintf("ship-%d", number) }

func newFleet(t *testing.T) *fleet {
	t.Helper()
	f := &fleet{Space: world.Space(t, nil), others: world.Space(t, nil)}
	begin := time.Now()
	var mu sync.Mutex
	ready, all := map[string]bool{}, make(chan struct{})
	stop := cluster.KIngresses.Watch(t, world.Cluster, f.Name, metav1.ListOptions{}, func(_ watch.EventType, ing *v1alpha1.Ingress) {
		mu.Lock()
		defer mu.Unlock()
		if fixture.Ready(ing).IsTrue() && !ready[ing.Name] {
			if ready[ing.Name] = true; len(ready) == fleetSize {
				close(all)
			}
		}
	})
	defer stop()
	for i := range fleetSize {
		f.Backend(t, ship(i))
		cluster.KIngresses.Create(t, world.Cluster, f.KIngress(ship(i), nil))
	}
	select {
	case <-all:
	case <-time.After(cluster.Minutes):
		t.Fatalf("%d of %d services are Ready after %s", len(ready), fleetSize, time.Since(begin))
	}
	f.others.Serve(t, victim, nil)
	t.Logf("%d services are Ready after %s", fleetSize, time.Since(begin).Round(time.Millisecond))
	return f
}

// survives inflicts a fault, in which a service of each bucket is created and the victim's
// HTTPRoute is deleted. It fails the test when a write had no cause, when a request
// to the fleet was lost, or when the cluster does not get to where it would be without
// the fault.
func (f *fleet) survives(t *testing.T, inflict func(t *testing.T, during func())) {
	names := f.newcomers(t)
	before, counted := f.written(t), count(t)
	loads := f.load(t)

	inflict(t, func() { disturb(t, f.others, names) })
	over := time.Now()
	for _, name := range names {
		f.others.AwaitReady(t, name, cluster.Minutes)
		t.Logf("the new service %s is Ready %s after the fault", name, time.Since(over).Round(time.Millisecond))
		cluster.Answers(t, world.Blue, f.others.ExternalHost(name), 200)
		cluster.Answers(t, world.Internal, f.others.LocalHost(name), 200)
	}
	cluster.AwaitAnswer(t, world.Blue, f.others.ExternalHost(victim), 200, cluster.Seconds)
	for _, load := range append(loads, f.load(t)...) {
		load.StopAllAnswered(t, 200, enough)
	}

	same(t, before, f.written(t))
	// Two HTTPRoutes of each service are new and one comes again; a service that had to wait says so.
	writes := count(t).Sub(counted)
	t.Logf("writes: %d of HTTPRoutes, %d of statuses", writes.Routes, writes.Statuses)
	if want := 2*len(names) + 1; writes.Routes != want {
		t.Errorf("%d writes of HTTPRoutes, want %d", writes.Routes, want)
	}
}

// isLeft fails the test when something is written to the fleet, or a request to it lost.
func (f *fleet) isLeft(t *testing.T, during func()) {
	t.Helper()
	before, loads := f.written(t), f.load(t)
	during()
	for _, load := range append(loads, f.load(t)...) {
		load.StopAllAnswered(t, 200, enough)
	}
	same(t, before, f.written(t))
}

// newcomers are the names of new services with backends, one for each bucket.
func (f *fleet) newcomers(t *testing.T) []string {
	t.Helper()
	names := make([]string, buckets)
	for slices.Contains(names, "") {
		f.count++
		name := fmt.Sprintf("new-%d", f.count)
		if bucket := bucketOf(t, f.others.Name, name); names[bucket] == "" {
			names[bucket] = name
			f.others.Backend(t, name)
		}
	}
	return names
}

// load asks one service on both Gateways.
func (f *fleet) load(t *testing.T) []*cluster.Load {
	return []*cluster.Load{
		cluster.StartLoad(t, world.Blue, f.ExternalHost(ship(0)), every),
		cluster.StartLoad(t, world.Internal, f.LocalHost(ship(1)), every),
	}
}

// written is what of the fleet is not the gateways' to write: KIngresses with their
// status, HTTPRoutes without.
func (f *fleet) written(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	ingresses, err := cluster.KIngresses.List(t.Context(), world.Cluster, f.Name, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, ing := range ingresses {
		found["KIngress "+ing.Name] = fmt.Sprintf("version %s, Ready: %v", ing.ResourceVersion, fixture.Ready(ing))
	}
	routes, err := cluster.HTTPRoutes.List(t.Context(), world.Cluster, f.Name, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, route := range routes {
		route.ResourceVersion, route.Status = "", gatewayv1.HTTPRouteStatus{}
		managers := []metav1.ManagedFieldsEntry{}
		for _, entry := range route.ManagedFields {
			if entry.Subresource != "status" {
				managers = append(managers, entry)
			}
		}
		route.ManagedFields = managers
		text, err := json.Marshal(route)
		if err != nil {
			t.Fatal(err)
		}
		found["HTTPRoute "+route.Name] = string(text)
	}
	if len(found) != 3*fleetSize {
		t.Fatalf("%d KIngresses and HTTPRoutes, want %d", len(found), 3*fleetSize)
	}
	return found
}

// same fails the test with how many objects differ, and with the first. A Gateway that
// was not Programmed meanwhile would be a reason, though not ours.
func same(t *testing.T, before, after map[string]string) {
	t.Helper()
	changed := []string{}
	for name := range before {
		if before[name] != after[name] {
			changed = append(changed, name)
		}
	}
	if len(changed) > 0 {
		first := slices.Min(changed)
		t.Errorf("%d objects were written though no test changed them; %s (-before +after):\n%s", len(changed), first, cmp.Diff(before[first], after[first]))
		for _, name := range []string{"blue", "internal"} {
			t.Logf("Gateway %s says %v", name, cluster.Gateways.Get(t, world.Cluster, world.Shared(name).Namespace, name).Status.Conditions)
		}
	}
}

// disturb creates services and deletes the victim's external HTTPRoute, and goes on until
// the API server has taken it.
func disturb(t *testing.T, space *fixture.Space, names []string) {
	t.Helper()
	patiently := wait.Backoff{Steps: 240, Duration: 500 * time.Millisecond}
	always := func(error) bool { return true }
	err := error(nil)
	for _, name := range names {
		if err == nil {
			err = retry.OnError(patiently, always, func() error {
				_, err := cluster.KIngresses.TryCreate(t.Context(), world.Cluster, space.KIngress(name, nil))
				if apierrors.IsAlreadyExists(err) {
					return nil
				}
				return err
			})
		}
	}
	if err == nil {
		err = retry.OnError(patiently, always, func() error {
			return cluster.HTTPRoutes.TryDelete(t.Context(), world.Cluster, space.Name, space.ExternalHost(victim))
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T) cluster.Writes {
	t.Helper()
	writes, err := cluster.CountWrites(t.Context(), world.Kube)
	if err != nil {
		t.Fatal(err)
	}
	return writes
}
