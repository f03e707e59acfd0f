// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// TestEveryKind: B-OPS-2, each kind is listed by its own API, of one namespace where that is asked for.
func TestEveryKind(t *testing.T) {
	for _, c := range []struct {
		kind watch.Kind
		want string
	}{
		{cluster.HTTPRoutes, `httproutes.gateway.networking.k8s.io of "a", labels "team=blue", fields "metadata.name=one"`},
		{cluster.OthersRoutes, `httproutes.gateway.networking.k8s.io of "a", labels "team=blue", fields "metadata.name=one"`},
		{cluster.ListenerSets, `listenersets.gateway.networking.k8s.io of "a", labels "team=blue", fields "metadata.name=one"`},
		{cluster.ReferenceGrants, `referencegrants.gateway.networking.k8s.io of "a", labels "team=blue", fields "metadata.name=one"`},
		{cluster.BackendTLSPolicies, `backendtlspolicies.gateway.networking.k8s.io of "a", labels "team=blue", fields "metadata.name=one"`},
		{cluster.Gateways, `gateways.gateway.networking.k8s.io of "a", labels "team=blue", fields "metadata.name=one"`},
		{cluster.GatewayClasses, `gatewayclasses.gateway.networking.k8s.io of "", labels "team=blue", fields "metadata.name=one"`},
		{cluster.Services, `services of "a", labels "team=blue", fields "metadata.name=one"`},
		{cluster.ConfigMaps, `configmaps of "a", labels "team=blue", fields "metadata.name=one"`},
		{cluster.Secrets, `secrets of "a", labels "team=blue", fields "metadata.name=one"`},
		{cluster.EndpointSlices, `endpointslices.discovery.k8s.io of "a", labels "team=blue", fields "metadata.name=one"`},
		{cluster.Deployments, `deployments.apps of "a", labels "team=blue", fields "metadata.name=one"`},
		{cluster.CRDs, `customresourcedefinitions.apiextensions.k8s.io of "", labels "team=blue", fields "metadata.name=one"`},
	} {
		inBubble(t, string(c.kind), nil, func(t *testing.T, f *fixture) {
			_, err := f.Ensure(t.Context(), watch.Scope{Kind: c.kind, Namespace: "a", Labels: "team=blue", Fields: "metadata.name=one"})
			must(t, err)
			expect(t, "Lists", []string{c.want}, f.lists())
		})
	}
}

// TestByController: B-TRN-5, an object is found by the owner that controls it, in the namespace of both; what several own
// is found by its namespace.
func TestByController(t *testing.T) {
	owned := func(namespace, name string, refs ...metav1.OwnerReference) runtime.Object {
		route := &gatewayv1.HTTPRoute{ObjectMeta: named(namespace, name, nil)}
		route.OwnerReferences = refs
		return route
	}
	controls := metav1.OwnerReference{Kind: "Ingress", Name: "hello", UID: "uid", Controller: new(true)}
	shares := metav1.OwnerReference{Kind: "Ingress", Name: "other", UID: "other"}
	objects := []runtime.Object{
		owned("a", "controlled", controls), owned("a", "controlled-too", shares, controls), owned("a", "shared", shares), owned("a", "unowned"),
		owned("b", "forged", controls), owned("b", "shared", shares),
	}
	owner := func(namespace string, uid types.UID) metav1.Object {
		return &metav1.ObjectMeta{Namespace: namespace, UID: uid}
	}
	for name, c := range map[string]struct {
		value string
		want  []string
	}{
		"controlled":                          {cluster.ControlledBy(owner("a", "uid")), []string{"a/controlled", "a/controlled-too"}},
		"of another namespace":                {cluster.ControlledBy(owner("b", "uid")), []string{"b/forged"}},
		"of an owner that does not control":   {cluster.ControlledBy(owner("a", "other")), nil},
		"shared":                              {cluster.SharedIn("a"), []string{"a/shared"}},
		"of a KIngress that was made anew":    {cluster.ControlledBy(owner("a", "new")), nil},
		"an owner without a UID owns nothing": {cluster.ControlledBy(owner("a", "")), nil},
	} {
		inBubble(t, name, objects, func(t *testing.T, f *fixture) {
			store, err := f.Ensure(t.Context(), watch.Scope{Kind: cluster.HTTPRoutes})
			must(t, err)
			found, err := store.IndexKeys(cluster.ByController, c.value)
			must(t, err)
			expect(t, "HTTPRoutes", c.want, slices.Sorted(slices.Values(found)))
		})
	}
}
