// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// crowd is how many services a changed configuration moves.
const crowd = 20

// B-INS-5, B-SEL-5: another default Gateway moves all services that are there, while both
// are asked; none of them is ever not Ready, no request fails, and nothing stays behind.
func TestConfigurationMovesAllServices_BINS5_BSEL5(t *testing.T) {
	world.Restore(t)
	space := world.Space(t, nil)
	names := []string{}
	for i := range crowd {
		name := fmt.Sprintf("hello-%d", i)
		names = append(names, name)
		space.Backend(t, name)
		cluster.KIngresses.Create(t, world.Cluster, space.KIngress(name, nil))
	}
	for _, name := range names {
		space.AwaitReady(t, name, cluster.Minutes)
	}
	flips := space.WatchFlips(t)
	first := cluster.StartLoad(t, world.Blue, space.ExternalHost(names[0]), 10*time.Millisecond)
	last := cluster.StartLoad(t, world.Blue, space.ExternalHost(names[crowd-1]), 10*time.Millisecond)

	begin := time.Now()
	attached := watchAttached(t, space)
	if err := write(map[string]string{external: green(), local: internal(), "drain-time": "30s"}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{names[0], names[crowd-1]} {
		cluster.AwaitAnswer(t, world.Green, space.ExternalHost(name), 200, cluster.Minutes)
	}
	// The drain time of these two ends by the clock, and what is asked then is to be refused.
	next := cluster.StartLoad(t, world.Green, space.ExternalHost(names[0]), 10*time.Millisecond)
	first.StopAllAnswered(t, 200, 20)
	last.StopAllAnswered(t, 200, 20)
	for _, name := range names {
		cluster.AwaitAnswer(t, world.Green, space.ExternalHost(name), 200, cluster.Minutes)
	}
	t.Logf("all answer on the new Gateway after %s", time.Since(begin).Round(time.Millisecond))
	for _, name := range names {
		awaitAttached(t, space, name, "green")
		cluster.AwaitAnswer(t, world.Blue, space.ExternalHost(name), 404, cluster.Minutes)
	}
	next.StopAllAnswered(t, 200, 20)
	if found := flips(); len(found) > 0 {
		t.Errorf("not Ready in between: %v", found)
	}
	for _, name := range names {
		if got, want := attached(name), []string{"[blue]", "[green blue]", "[green]"}; !slices.Equal(got, want) {
			t.Errorf("%s was attached to %v in turn, want %v", name, got, want)
		}
	}
}

// watchAttached notes to which Gateways the external route of each service is attached in
// turn, beginning with now. The result ends it.
func watchAttached(t *testing.T, space *fixture.Space) (of func(name string) []string) {
	t.Helper()
	guard, found := sync.Mutex{}, map[string][]string{}
	stop := cluster.HTTPRoutes.Watch(t, world.Cluster, space.Name, metav1.ListOptions{}, func(kind watch.EventType, route *gatewayv1.HTTPRoute) {
		guard.Lock()
		defer guard.Unlock()
		if kind != watch.Deleted {
			found[route.Name] = slices.Compact(append(found[route.Name], fmt.Sprint(parents(route))))
		}
	})
	return func(name string) []string {
		stop()
		guard.Lock()
		defer guard.Unlock()
		return found[space.ExternalHost(name)]
	}
}

func parents(route *gatewayv1.HTTPRoute) []string {
	found := []string{}
	for _, parent := range route.Spec.ParentRefs {
		found = append(found, string(parent.Name))
	}
	return found
}

// awaitAttached waits until a service's external route is attached to just these Gateways.
func awaitAttached(t *testing.T, space *fixture.Space, name string, gateways ...string) {
	t.Helper()
	want := fmt.Sprint(gateways)
	cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, space.ExternalHost(name), cluster.Minutes, func(route *gatewayv1.HTTPRoute) error {
		if route == nil {
			return errors.New("does not exist")
		}
		if found := parents(route); fmt.Sprint(found) != want {
			return fmt.Errorf("attached to %v, want %s", found, want)
		}
		return nil
	})
}
