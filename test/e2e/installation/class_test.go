// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// otherClass is one whose plugin is played by the test.
const otherClass = "other.ingress.networking.knative.dev"

// B-INS-9, B-OPS-4: a class that changes away costs no request: routes stay until the other
// plugin has published its load balancers, and for the drain time after that; then all of
// it goes, certificates' listeners too.
func TestClassChangesAway_BINS9_BOPS4(t *testing.T) {
	world.Restore(t)
	space := world.Space(t, nil)
	authority := fixture.Authority(t)
	host := space.ExternalHost("hello")
	space.Secret(t, authority, "certificate", host)
	space.ServeTLS(t, "hello", "certificate")
	deleted := watchDeletions(t, space)
	loads := startBoth(t, space, "hello")
	setClass(t, space, "hello", otherClass)
	// A restart in between, and no controller serves the class: a typo.
	restart(t, controller)
	cluster.Deployments.Await(t, world.Cluster, cluster.SystemNamespace, controller, cluster.Minutes, fixture.RolledOut)
	space.Serve(t, "new", nil) // the controller works
	cluster.Answers(t, world.Blue, host, 200)
	if n := deleted(); n > 0 {
		t.Errorf("%d HTTPRoutes were deleted before another plugin served", n)
	}

	before := cluster.KIngresses.Get(t, world.Cluster, space.Name, "hello")
	setClass(t, space, "hello", fixture.Class)
	space.AwaitReady(t, "hello", cluster.Minutes)
	if now := cluster.KIngresses.Get(t, world.Cluster, space.Name, "hello"); now.Status.Annotations["net-gateways.github.io/proven"] != before.Status.Annotations["net-gateways.github.io/proven"] {
		t.Error("it was proven anew after the typo")
	}

	setClass(t, space, "hello", otherClass)
	begin := time.Now()
	cluster.KIngresses.UpdateStatus(t, world.Cluster, space.Name, "hello", func(ing *v1alpha1.Ingress) {
		ing.Status.MarkLoadBalancerReady([]v1alpha1.LoadBalancerIngressStatus{{IP: "192.0.2.1"}}, []v1alpha1.LoadBalancerIngressStatus{{IP: "192.0.2.2"}})
	})
	for _, load := range loads {
		load.StopAllAnswered(t, 200, 1000)
	}
	for _, route := range []string{host, space.LocalHost("hello")} {
		cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, route, cluster.Minutes, fixture.Gone[gatewayv1.HTTPRoute])
	}
	if took := time.Since(begin); took < 5*time.Second { // drain-time
		t.Errorf("the routes went %s after the other plugin had published, before the drain time", took)
	}
	sets, err := cluster.ListenerSets.List(t.Context(), world.Cluster, space.Name, metav1.ListOptions{})
	if err != nil || len(sets) > 0 {
		t.Errorf("%d ListenerSets are left: %v", len(sets), err)
	}
}

// B-OPS-4: a typo in Serving's `ingress-class`, which Serving carries to every KIngress that it has,
// costs no request; nor does its correction.
func TestClassHasATypo_BOPS4(t *testing.T) {
	world.Restore(t)
	space := world.Space(t, nil)
	space.KService(t, fixture.Service{Name: "hello"})
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
	deleted, loads := watchDeletions(t, space), startBoth(t, space, "hello")
	has := func(class string) cluster.Met[v1alpha1.Ingress] {
		return func(ing *v1alpha1.Ingress) error {
			if ing == nil || ing.Annotations[networking.IngressClassAnnotationKey] != class {
				return fmt.Errorf("the class is not %s", class)
			}
			return nil
		}
	}
	const typo = "gateway-ap.ingress.networking.knative.dev"
	for _, class := range []string{typo, fixture.Class} {
		setNetwork(t, map[string]string{classKey: class})
		cluster.KIngresses.Await(t, world.Cluster, space.Name, "hello", cluster.Minutes, has(class))
		restart(t, controller)
		cluster.Deployments.Await(t, world.Cluster, cluster.SystemNamespace, controller, cluster.Minutes, fixture.RolledOut)
	}
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
	for _, load := range loads {
		load.StopAllAnswered(t, 200, 1000)
	}
	if n := deleted(); n > 0 {
		t.Errorf("%d HTTPRoutes were deleted", n)
	}
}

func setClass(t *testing.T, space *fixture.Space, name, class string) {
	t.Helper()
	cluster.KIngresses.Update(t, world.Cluster, space.Name, name, func(ing *v1alpha1.Ingress) {
		ing.Annotations[networking.IngressClassAnnotationKey] = class
	})
}
