// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"context"
	"errors"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/kmeta"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// What the single-gateway plugin leaves behind.
const (
	legacyFinalizer = "ingresses.networking.internal.knative.dev"
	legacyManager   = "controller"
	staleKey        = "e2e/stale"
	stalePath       = "/stale"
)

// leaveBehind makes a KIngress and its HTTPRoutes as that plugin leaves them: Ready,
// with its finalizer, and routes that it created and updated, without apply.
func leaveBehind(t *testing.T, space *fixture.Space, name string, labelled bool) []*gatewayv1.HTTPRoute {
	t.Helper()
	space.Backend(t, name)
	ing := space.KIngress(name, nil)
	ing.Finalizers = []string{legacyFinalizer}
	created := cluster.KIngresses.Create(t, world.Cluster, ing)
	t.Cleanup(func() { dropFinalizer(created) })
	cluster.KIngresses.UpdateStatus(t, world.Cluster, space.Name, name, func(ing *v1alpha1.Ingress) {
		ing.Status.InitializeConditions()
		ing.Status.MarkNetworkConfigured()
		ing.Status.MarkLoadBalancerReady(
			[]v1alpha1.LoadBalancerIngressStatus{{IP: world.Blue}}, []v1alpha1.LoadBalancerIngressStatus{{IP: world.Internal}})
		ing.Status.ObservedGeneration = ing.Generation
	})
	routes := []*gatewayv1.HTTPRoute{}
	for i, gateway := range []string{"internal", "blue"} {
		hosts := created.Spec.Rules[i].Hosts
		routes = append(routes, leaveRoute(t, created, hosts, gateway, labelled))
	}
	return routes
}

func leaveRoute(t *testing.T, owner *v1alpha1.Ingress, hosts []string, gateway string, labelled bool) *gatewayv1.HTTPRoute {
	t.Helper()
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{
		Namespace: owner.Namespace, Name: hosts[len(hosts)-1],
		OwnerReferences: []metav1.OwnerReference{*kmeta.NewControllerRef(owner)},
	}}
	if labelled {
		route.Labels = map[string]string{networking.IngressLabelKey: owner.Name}
	}
	namespace := gatewayv1.Namespace(world.Shared(gateway).Namespace)
	route.Spec.ParentRefs = []gatewayv1.ParentReference{{Namespace: &namespace, Name: gatewayv1.ObjectName(gateway)}}
	for _, host := range hosts {
		route.Spec.Hostnames = append(route.Spec.Hostnames, gatewayv1.Hostname(host))
	}
	route.Spec.Rules = []gatewayv1.HTTPRouteRule{legacyRule("/", owner.Name)}
	ctx := context.Background()
	if _, err := cluster.HTTPRoutes.CreateAs(ctx, world.Cluster, legacyManager, route); err != nil {
		t.Fatal(err)
	}
	name := types.NamespacedName{Namespace: route.Namespace, Name: route.Name}
	updated, err := cluster.HTTPRoutes.UpdateAs(ctx, world.Cluster, legacyManager, name, func(route *gatewayv1.HTTPRoute) {
		if route.Labels == nil {
			route.Labels = map[string]string{}
		}
		route.Labels[staleKey] = "yes"
		route.Annotations = map[string]string{staleKey: "yes"}
		route.Spec.Rules = append(route.Spec.Rules, legacyRule(stalePath, owner.Name))
	})
	if err != nil {
		t.Fatal(err)
	}
	return updated
}

func legacyRule(path, service string) gatewayv1.HTTPRouteRule {
	prefix, port := gatewayv1.PathMatchPathPrefix, gatewayv1.PortNumber(80)
	ref := gatewayv1.HTTPBackendRef{}
	ref.Name, ref.Port = gatewayv1.ObjectName(service), &port
	return gatewayv1.HTTPRouteRule{
		Matches:     []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: &prefix, Value: &path}}},
		BackendRefs: []gatewayv1.HTTPBackendRef{ref},
	}
}

// dropFinalizer keeps a failed test from leaving a namespace that cannot go.
func dropFinalizer(ing *v1alpha1.Ingress) {
	name := types.NamespacedName{Namespace: ing.Namespace, Name: ing.Name}
	_, _ = cluster.KIngresses.UpdateAs(context.Background(), world.Cluster, cluster.FieldManager, name, func(ing *v1alpha1.Ingress) {
		ing.Finalizers = nil
	})
}

// legacyController is that plugin's Deployment, as far as others can see it.
func legacyController() *appsv1.Deployment {
	labels := map[string]string{"app": "net-gateway-api-controller"}
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: cluster.SystemNamespace, Name: "net-gateway-api-controller"}}
	deployment.Spec.Selector = &metav1.LabelSelector{MatchLabels: labels}
	deployment.Spec.Template.Labels = labels
	deployment.Spec.Template.Spec.Containers = []corev1.Container{{
		Name: "controller", Image: "127.0.0.1:5000/runtime:latest", Env: []corev1.EnvVar{{Name: "PORT", Value: "8080"}},
	}}
	return deployment
}

func wants(met bool, otherwise string) error {
	if met {
		return nil
	}
	return errors.New(otherwise)
}
