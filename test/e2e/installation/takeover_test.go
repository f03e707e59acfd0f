// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"slices"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// B-INS-8: KIngresses and HTTPRoutes of the single-gateway plugin are taken over when
// our controller starts: the same objects, without what we do not write, without a
// failed request and without a KIngress that is not Ready for a moment. Deletions
// that wait for that plugin's finalizer go through, and so do later ones.
func TestTakeOver_BINS8(t *testing.T) {
	space := world.Space(t, nil)
	withoutController(t)
	before := map[string][]*gatewayv1.HTTPRoute{}
	loads := []*cluster.Load{}
	for _, name := range []string{"labelled", "bare"} { // bare: our informers do not show its routes
		before[name] = leaveBehind(t, space, name, name == "labelled")
		cluster.AwaitAnswer(t, world.Blue, space.ExternalHost(name), 200, cluster.Minutes)
		cluster.AwaitAnswer(t, world.Internal, space.LocalHost(name), 200, cluster.Minutes)
		loads = append(loads,
			cluster.StartLoad(t, world.Blue, space.ExternalHost(name), 20*time.Millisecond),
			cluster.StartLoad(t, world.Internal, space.LocalHost(name), 20*time.Millisecond))
	}
	leaveBehind(t, space, "going", true)
	cluster.KIngresses.Delete(t, world.Cluster, space.Name, "going")
	unready := watchReady(t, space)
	health := watchHealth(t)

	scale(t, 2)
	for name, routes := range before {
		for _, route := range routes {
			cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, route.Name, cluster.Seconds, takenOver(route))
		}
		cluster.KIngresses.Await(t, world.Cluster, space.Name, name, cluster.Seconds, func(ing *v1alpha1.Ingress) error {
			return wants(!slices.Contains(ing.Finalizers, legacyFinalizer), "the finalizer is there")
		})
		space.AwaitReady(t, name, cluster.Seconds)
	}
	cluster.KIngresses.Await(t, world.Cluster, space.Name, "going", cluster.Seconds, fixture.Gone[v1alpha1.Ingress])
	for _, load := range loads {
		load.StopAllAnswered(t, 200, 20)
	}
	for _, moment := range unready() {
		t.Errorf("a KIngress was not Ready for a moment: %s", moment)
	}
	cluster.KIngresses.Delete(t, world.Cluster, space.Name, "bare")
	cluster.KIngresses.Await(t, world.Cluster, space.Name, "bare", cluster.Seconds, fixture.Gone[v1alpha1.Ingress])
	for _, route := range before["bare"] {
		cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, route.Name, cluster.Seconds, fixture.Gone[gatewayv1.HTTPRoute])
	}
	healthy(t, health())
}

// B-INS-8: while the single-gateway plugin's controller is there, ours says so and
// writes nothing; when it goes, ours takes over by itself.
func TestStandsBy_BINS8(t *testing.T) {
	space := world.Space(t, nil)
	space.Serve(t, "hello", nil)
	route := cluster.HTTPRoutes.Get(t, world.Cluster, space.Name, space.ExternalHost("hello"))
	competing := cluster.Deployments.Create(t, world.Cluster, legacyController())
	cluster.Events.AwaitAny(t, world.Cluster, cluster.SystemNamespace, cluster.Seconds, func(event *corev1.Event) bool {
		return event.InvolvedObject.UID == competing.UID && event.Reason == "StandingBy"
	})

	space.Backend(t, "new")
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("new", nil))
	cluster.HTTPRoutes.Update(t, world.Cluster, space.Name, route.Name, func(route *gatewayv1.HTTPRoute) { route.Labels["theirs"] = "now" })
	cluster.HTTPRoutes.Update(t, world.Cluster, space.Name, route.Name, func(route *gatewayv1.HTTPRoute) {
		route.Spec.Rules[0].Matches = route.Spec.Rules[1].Matches
	})
	drifted := cluster.HTTPRoutes.Get(t, world.Cluster, space.Name, route.Name)
	// A KIngress is Ready within two seconds when we do write.
	if _, err := cluster.HTTPRoutes.TryAwait(t.Context(), world.Cluster, space.Name, space.ExternalHost("new"), 5*time.Second, there[gatewayv1.HTTPRoute]); err == nil {
		t.Error("an HTTPRoute was written beside the other controller")
	}
	if now := cluster.HTTPRoutes.Get(t, world.Cluster, space.Name, route.Name); now.Generation != drifted.Generation {
		t.Error("an HTTPRoute was changed beside the other controller")
	}
	if now := cluster.KIngresses.Get(t, world.Cluster, space.Name, "new"); len(now.Status.Conditions) > 0 {
		t.Errorf("a status was written beside the other controller: %+v", now.Status)
	}

	cluster.Deployments.Delete(t, world.Cluster, cluster.SystemNamespace, competing.Name)
	space.AwaitReady(t, "new", cluster.Seconds)
	cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, route.Name, cluster.Seconds, func(now *gatewayv1.HTTPRoute) error {
		return wants(now.Generation > drifted.Generation, "the drift is not repaired")
	})
	cluster.Answers(t, world.Blue, space.ExternalHost("new"), 200)
}

// watchReady notes every moment at which a KIngress is not Ready, unless a client deletes it.
func watchReady(t *testing.T, space *fixture.Space) func() []string {
	t.Helper()
	var mu sync.Mutex
	found := []string{}
	stop := cluster.KIngresses.Watch(t, world.Cluster, space.Name, metav1.ListOptions{}, func(_ watch.EventType, ing *v1alpha1.Ingress) {
		if ready := fixture.Ready(ing); !ready.IsTrue() && ing.DeletionTimestamp == nil {
			mu.Lock()
			defer mu.Unlock()
			found = append(found, ing.Name+": "+ready.Reason+": "+ready.Message)
		}
	})
	return func() []string {
		stop()
		mu.Lock()
		defer mu.Unlock()
		return found
	}
}

// takenOver is met when the route is the same object, with our rules and without the
// leftovers of the other plugin.
func takenOver(before *gatewayv1.HTTPRoute) cluster.Met[gatewayv1.HTTPRoute] {
	return func(now *gatewayv1.HTTPRoute) error {
		if err := there(now); err != nil {
			return err
		}
		stale := slices.ContainsFunc(now.Spec.Rules, func(rule gatewayv1.HTTPRouteRule) bool {
			return *rule.Matches[0].Path.Value == stalePath
		})
		for _, c := range []struct {
			met  bool
			what string
		}{
			{now.UID == before.UID, "it is another object"},
			{!stale, "the stale rule is there"},
			{now.Labels[staleKey] == "" && now.Annotations[staleKey] == "", "the stale label or annotation is there"},
			{metav1.GetControllerOf(now) != nil && metav1.GetControllerOf(now).UID == before.OwnerReferences[0].UID, "the owner is another"},
			{now.Labels[networking.IngressLabelKey] != "", "it has no label of ours"},
		} {
			if err := wants(c.met, c.what); err != nil {
				return err
			}
		}
		return nil
	}
}
