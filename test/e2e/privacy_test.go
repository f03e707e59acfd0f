// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/watch"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

const exposed = "LocalGatewayExposed"

// B-SEL-7: a local gateway that the world can reach is told by an Event on
// config-gateway and by the conditions of the services on it, and of no others.
func TestExposedLocalGateway_BSEL7(t *testing.T) {
	t.Parallel()
	begin := time.Now().Truncate(time.Second)
	world.ServeGateway(t, "exposed", "e2e-public")
	about := cluster.ConfigMaps.Get(t, world.Cluster, cluster.SystemNamespace, "config-gateway").UID
	cluster.Events.AwaitAny(t, world.Cluster, cluster.SystemNamespace, cluster.Seconds, func(event *corev1.Event) bool {
		return event.InvolvedObject.UID == about && event.Type == corev1.EventTypeWarning && event.Reason == exposed &&
			strings.Contains(event.Message, "e2e-gateways/exposed") && strings.Contains(event.Message, "LoadBalancer") &&
			!event.LastTimestamp.Time.Before(begin)
	})
	space := world.Space(t, nil)
	for name, want := range map[string]string{"shown": exposed, "hidden": ""} {
		labels := map[string]string{}
		if want != "" {
			labels["local"] = "exposed"
		}
		ready := space.Serve(t, name, labels)
		condition := ready.Status.GetCondition(v1alpha1.IngressConditionLoadBalancerReady)
		if condition.Reason != want || want != "" && !strings.Contains(condition.Message, "e2e-gateways/exposed") {
			t.Errorf("%s: LoadBalancerReady says %q: %q, want reason %q", name, condition.Reason, condition.Message, want)
		}
	}
}

// B-SEL-7: while a service becomes private and public again, its local host is never
// on an external Gateway: neither as an HTTPRoute, nor for a client that asks without
// pause; and its external host goes and comes.
func TestVisibilityChanges_BSEL7(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	host, local := space.ExternalHost("hello"), space.LocalHost("hello")
	leaks := watchLeaks(t, space)
	load := cluster.StartLoad(t, world.Blue, local, 20*time.Millisecond)
	space.KService(t, fixture.Service{Name: "hello"})
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
	cluster.Answers(t, world.Blue, host, 200)
	cluster.Answers(t, world.Internal, local, 200)

	setVisibility(t, space, "hello", "cluster-local")
	cluster.AwaitAnswer(t, world.Blue, host, 404, cluster.Seconds)
	space.AwaitKServiceReady(t, "hello", cluster.Seconds)
	cluster.Answers(t, world.Internal, local, 200)

	setVisibility(t, space, "hello", "")
	cluster.AwaitAnswer(t, world.Blue, host, 200, cluster.Seconds)
	space.AwaitKServiceReady(t, "hello", cluster.Seconds)
	cluster.Answers(t, world.Internal, local, 200)
	load.StopAllAnswered(t, 404, 50)
	for _, leak := range leaks() {
		t.Errorf("a local host was on an external Gateway: %s", leak)
	}
}

// B-SEL-7: a host that becomes cluster-local leaves the external Gateway also when
// there is no local Gateway to go to: keeping it where it was would make it public.
func TestHostBecomesPrivateWithoutLocalGateway_BSEL7(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	host := space.ExternalHost("hello")
	ing := space.Ingress("hello", map[string]string{"local": "absent"}, space.Rule(v1alpha1.IngressVisibilityExternalIP, "hello", host))
	space.Backend(t, "hello")
	cluster.KIngresses.Create(t, world.Cluster, ing)
	space.AwaitReady(t, "hello", cluster.Seconds)
	cluster.Answers(t, world.Blue, host, 200)
	cluster.KIngresses.Update(t, world.Cluster, space.Name, "hello", func(ing *v1alpha1.Ingress) {
		ing.Spec.Rules[0].Visibility = v1alpha1.IngressVisibilityClusterLocal
	})
	space.AwaitReason(t, "hello", cluster.Seconds, "GatewayNotFound", "e2e-gateways/absent")
	cluster.AwaitAnswer(t, world.Blue, host, 404, cluster.Seconds)
}

func setVisibility(t *testing.T, space *fixture.Space, name, visibility string) {
	t.Helper()
	cluster.KServices.Update(t, world.Cluster, space.Name, name, func(service *cluster.Object) {
		label := []string{"metadata", "labels", "networking.knative.dev/visibility"}
		if visibility == "" {
			unstructured.RemoveNestedField(*service, label...)
			return
		}
		if err := unstructured.SetNestedField(*service, visibility, label...); err != nil {
			t.Fatal(err)
		}
	})
}

// watchLeaks collects the HTTPRoutes that put local hosts on external Gateways.
func watchLeaks(t *testing.T, space *fixture.Space) func() []string {
	t.Helper()
	var mu sync.Mutex
	found := []string{}
	stop := cluster.HTTPRoutes.Watch(t, space.Cluster, space.Name, metav1.ListOptions{}, func(_ watch.EventType, route *gatewayv1.HTTPRoute) {
		for _, host := range route.Spec.Hostnames {
			for _, parent := range route.Spec.ParentRefs {
				if !strings.HasSuffix(string(host), ".example.com") && parent.Name != "internal" {
					mu.Lock()
					found = append(found, route.Name+": "+string(host)+" on "+string(parent.Name))
					mu.Unlock()
				}
			}
		}
	})
	return func() []string {
		stop()
		mu.Lock()
		defer mu.Unlock()
		return found
	}
}
