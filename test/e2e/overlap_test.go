// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// B-TRN-8: a listener for some hosts appears beside the one for all, on the same port, and goes again. Services that are
// served notice nothing, new ones are served, and all still are when the proxies have been restarted in between.
func TestListenersOverlap_BTRN8(t *testing.T) {
	t.Parallel()
	const gateway, services = "double", 20
	space := world.Space(t, nil)
	labels := map[string]string{"gateway": gateway}
	address := world.ServeGateway(t, gateway, "e2e-public")
	names := make([]string, services)
	for i := range names {
		names[i] = fmt.Sprintf("service-%d", i)
		space.Backend(t, names[i])
		cluster.KIngresses.Create(t, world.Cluster, space.KIngress(names[i], labels))
	}
	for _, name := range names {
		space.AwaitReady(t, name, cluster.Minutes)
	}
	cluster.AwaitAnswer(t, address, space.ExternalHost(names[0]), 200, cluster.Minutes)
	unready := space.WatchFlips(t)
	load := cluster.StartRequests(t, address, 2*time.Millisecond, requestsFor(space, names)...)

	changeListeners(t, gateway, func(listeners []gatewayv1.Listener) []gatewayv1.Listener {
		return append(listeners, gatewayv1.Listener{
			Name: "examples", Port: 80, Protocol: gatewayv1.HTTPProtocolType, Hostname: new(gatewayv1.Hostname("*.example.com")),
			AllowedRoutes: listeners[0].AllowedRoutes,
		})
	})
	attached(t, space, names, "http")
	during := unready()
	space.Serve(t, "new", labels)
	cluster.Answers(t, address, space.ExternalHost("new"), 200)
	load.StopAllAnswered(t, 200, 1000)

	restartProxies(t, gateway)
	for _, name := range append(names, "new") {
		cluster.AwaitAnswer(t, address, space.ExternalHost(name), 200, cluster.Minutes)
	}

	unready = space.WatchFlips(t)
	load = cluster.StartRequests(t, address, 2*time.Millisecond, requestsFor(space, names)...)
	changeListeners(t, gateway, func(listeners []gatewayv1.Listener) []gatewayv1.Listener { return listeners[:1] })
	attached(t, space, append(names, "new"), "")
	load.StopAllAnswered(t, 200, 1000)
	after := unready()
	space.Serve(t, "newer", labels)
	if found := append(during, after...); len(found) > 0 {
		t.Errorf("not Ready in between: %v", found)
	}
}

func requestsFor(space *fixture.Space, names []string) []cluster.Request {
	requests := []cluster.Request{}
	for _, name := range names {
		requests = append(requests, cluster.Request{Host: space.ExternalHost(name)})
	}
	return requests
}

func changeListeners(t *testing.T, gateway string, change func([]gatewayv1.Listener) []gatewayv1.Listener) {
	t.Helper()
	cluster.Gateways.Update(t, world.Cluster, fixture.GatewayNamespace, gateway, func(gateway *gatewayv1.Gateway) {
		gateway.Spec.Listeners = change(gateway.Spec.Listeners)
	})
}

// attached waits until the routes of services name that section of their Gateway; "" is none.
func attached(t *testing.T, space *fixture.Space, names []string, section gatewayv1.SectionName) {
	t.Helper()
	begin := time.Now()
	for _, name := range names {
		cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, space.ExternalHost(name), cluster.Minutes, func(route *gatewayv1.HTTPRoute) error {
			if route == nil || len(route.Spec.ParentRefs) != 1 {
				return fmt.Errorf("has not one parent: %v", route)
			}
			if named := route.Spec.ParentRefs[0].SectionName; section == "" && named != nil || section != "" && (named == nil || *named != section) {
				return fmt.Errorf("names section %v, want %q", named, section)
			}
			return nil
		})
	}
	t.Logf("%d routes name %q after %s", len(names), section, time.Since(begin).Round(time.Millisecond))
}

// restartProxies replaces the pods of a Gateway's data plane, one after the other.
func restartProxies(t *testing.T, gateway string) {
	t.Helper()
	name := types.NamespacedName{Namespace: fixture.GatewayNamespace, Name: gateway}
	place, pods := world.Installed.Proxies(name), world.Proxies(t, name)
	for _, pod := range pods {
		cluster.Pods.Delete(t, world.Cluster, pod.Namespace, pod.Name)
	}
	cluster.Pods.AwaitAny(t, world.Cluster, place.Namespace, cluster.Minutes, func(pod *corev1.Pod) bool {
		return place.Labels.AsSelector().Matches(labels.Set(pod.Labels)) && pod.DeletionTimestamp == nil &&
			slices.ContainsFunc(pod.Status.Conditions, func(condition corev1.PodCondition) bool {
				return condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue
			}) && !slices.ContainsFunc(pods, func(old *corev1.Pod) bool { return old.UID == pod.UID })
	})
}
