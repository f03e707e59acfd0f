// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// B-INS-8, B-OPS-3: without the plugin, uninstalled as the README says, what is served
// is served on, and nothing of ours is in the way of the next one, with a file that has
// one entry in each list: it may update, delete and create HTTPRoutes by plain writes,
// write statuses, and KIngresses go when they are deleted. And back again, by applying
// config/ and nothing else (B-INS-1).
func TestUninstall_BINS8_BOPS3(t *testing.T) {
	world.Restore(t)
	space := world.Space(t, nil)
	if err := write(map[string]string{external: blue(), local: internal()}); err != nil {
		t.Fatal(err)
	}
	loads := []*cluster.Load{}
	for _, name := range []string{"kept", "changed", "renewed"} {
		ing := space.Serve(t, name, nil)
		if len(ing.Finalizers) > 0 {
			t.Errorf("KIngress %s has finalizers: %v", name, ing.Finalizers)
		}
	}
	space.Serve(t, "deleted", nil)
	load := func(address, host string) {
		loads = append(loads, cluster.StartLoad(t, address, host, 20*time.Millisecond))
	}
	load(world.Blue, space.ExternalHost("kept"))
	load(world.Internal, space.LocalHost("kept"))
	load(world.Internal, space.LocalHost("changed"))
	unready := watchReady(t, space)
	rules := len(cluster.HTTPRoutes.Get(t, world.Cluster, space.Name, space.ExternalHost("kept")).Spec.Rules)
	reinstall := uninstall(t)

	anotherChanges(t, space, "changed")
	load(world.Blue, space.ExternalHost("changed"))
	anotherRenews(t, space, "renewed")
	cluster.KIngresses.UpdateStatus(t, world.Cluster, space.Name, "changed", func(ing *v1alpha1.Ingress) {
		ing.Status.Annotations = nil // it knows none of ours
	})
	cluster.KIngresses.Delete(t, world.Cluster, space.Name, "deleted")
	cluster.KIngresses.Await(t, world.Cluster, space.Name, "deleted", cluster.Seconds, fixture.Gone[v1alpha1.Ingress])
	cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, space.ExternalHost("deleted"), cluster.Seconds, fixture.Gone[gatewayv1.HTTPRoute])
	cluster.AwaitAnswer(t, world.Blue, space.ExternalHost("deleted"), 404, cluster.Seconds)

	reinstall()
	for _, name := range []string{"kept", "changed", "renewed"} {
		// The last leader could not give its lease back.
		cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, space.ExternalHost(name), cluster.Minutes, func(route *gatewayv1.HTTPRoute) error {
			return wants(route != nil && len(route.Spec.Rules) == rules && route.Labels[networking.IngressLabelKey] == name, "the route is not ours again")
		})
		space.AwaitReady(t, name, cluster.Seconds)
		cluster.Answers(t, world.Blue, space.ExternalHost(name), 200)
	}
	for _, moment := range unready() {
		t.Errorf("a KIngress was not Ready for a moment: %s", moment)
	}
	space.Serve(t, "new", nil)
	for _, load := range loads {
		load.StopAllAnswered(t, 200, 20)
	}
}

const another = "another-plugin"

// anotherChanges writes a route as another plugin does, which knows nothing of field
// managers: read, change everything, write.
func anotherChanges(t *testing.T, space *fixture.Space, service string) {
	t.Helper()
	name := types.NamespacedName{Namespace: space.Name, Name: space.ExternalHost(service)}
	route, err := cluster.HTTPRoutes.UpdateAs(t.Context(), world.Cluster, another, name, func(route *gatewayv1.HTTPRoute) {
		route.Labels, route.Annotations = map[string]string{"another": "plugin"}, nil
		rule := legacyRule("/", service)
		rule.Filters = []gatewayv1.HTTPRouteFilter{{
			Type:                   gatewayv1.HTTPRouteFilterResponseHeaderModifier,
			ResponseHeaderModifier: &gatewayv1.HTTPHeaderFilter{Set: []gatewayv1.HTTPHeader{{Name: "Written-By", Value: another}}},
		}}
		route.Spec.Rules = []gatewayv1.HTTPRouteRule{rule}
	})
	if err != nil {
		t.Fatalf("another plugin cannot update an HTTPRoute: %v", err)
	}
	if len(route.Finalizers) > 0 || len(route.Labels) != 1 || len(route.Annotations) > 0 || len(route.Spec.Rules) != 1 {
		t.Errorf("another plugin's update left something: %+v", route)
	}
	// Envoy Gateway names clusters by the place of a rule: one that moves, as theirs does here, may
	// answer 503 for an instant. It is over when their rule answers.
	cluster.AwaitRight(t, world.Blue, cluster.Request{Host: space.ExternalHost(service), Wrong: func(answer cluster.Answer) error {
		return wants(answer.Header.Get("Written-By") == another, "the rule of another plugin does not answer yet")
	}}, cluster.Seconds)
	cluster.Answers(t, world.Blue, space.ExternalHost(service), 200)
}

// anotherRenews deletes a route and creates it anew.
func anotherRenews(t *testing.T, space *fixture.Space, service string) {
	t.Helper()
	host := space.ExternalHost(service)
	owner := cluster.KIngresses.Get(t, world.Cluster, space.Name, service)
	cluster.HTTPRoutes.Delete(t, world.Cluster, space.Name, host)
	cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, host, cluster.Seconds, fixture.Gone[gatewayv1.HTTPRoute])
	leaveRoute(t, owner, []string{host}, "blue", true)
	cluster.AwaitAnswer(t, world.Blue, host, 200, cluster.Seconds)
}

// uninstall deletes what config/ holds, but for config-gateway, which the next plugin
// reads. Calling the result puts back what was there.
func uninstall(t *testing.T) (reinstall func()) {
	t.Helper()
	type saved struct {
		kind   cluster.Kind[cluster.Object]
		object *cluster.Object
	}
	removed := []saved{}
	eachOfRelease(t, func(kind cluster.Kind[cluster.Object], object cluster.Object) error {
		namespace, name := object.String("metadata", "namespace"), object.String("metadata", "name")
		if kind.Kind == "ConfigMap" {
			return nil
		}
		removed = append(removed, saved{kind, renewed(kind.Get(t, world.Cluster, namespace, name))})
		return nil
	})
	done := false
	reinstall = func() {
		if done {
			return
		}
		done = true
		for _, part := range removed {
			if _, err := part.kind.TryCreate(context.Background(), world.Cluster, part.object); err != nil {
				t.Errorf("reinstall: %v", err)
			}
		}
		for _, name := range []string{controller, webhook} {
			if _, err := cluster.Deployments.TryAwait(context.Background(), world.Cluster, cluster.SystemNamespace, name, cluster.Minutes, fixture.RolledOut); err != nil {
				t.Errorf("reinstall: Deployment %s: %v", name, err)
			}
		}
		if err := awaitGuard(true); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(reinstall)
	for _, part := range slices.Backward(removed) {
		part.kind.Delete(t, world.Cluster, part.object.String("metadata", "namespace"), part.object.String("metadata", "name"))
	}
	for _, name := range []string{controller, webhook} {
		cluster.Deployments.Await(t, world.Cluster, cluster.SystemNamespace, name, cluster.Minutes, fixture.Gone[appsv1.Deployment])
	}
	awaitNoPods(t)
	return reinstall
}

// awaitNoPods waits until nothing of ours runs any more.
func awaitNoPods(t *testing.T) {
	t.Helper()
	pods, err := cluster.Pods.List(t.Context(), world.Cluster, cluster.SystemNamespace, metav1.ListOptions{LabelSelector: "networking.knative.dev/ingress-provider=net-gateways"})
	if err != nil {
		t.Fatal(err)
	}
	for _, pod := range pods {
		cluster.Pods.Await(t, world.Cluster, pod.Namespace, pod.Name, cluster.Minutes, fixture.Gone[corev1.Pod])
	}
}

// eachOfRelease goes through config/ in the order in which it is applied.
func eachOfRelease(t *testing.T, do func(cluster.Kind[cluster.Object], cluster.Object) error) {
	t.Helper()
	root, err := cluster.Root()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "config", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no manifests: %v", err)
	}
	for _, file := range files {
		manifest, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		err = world.EachObject(manifest, do)
		manifest.Close()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
}
