// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"testing"
	"testing/synctest"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"knative.dev/pkg/logging"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// services are Services without labels.
func services(names ...types.NamespacedName) []runtime.Object {
	found := []runtime.Object{}
	for _, name := range names {
		found = append(found, &corev1.Service{ObjectMeta: named(name.Namespace, name.Name, nil)})
	}
	return found
}

var (
	allServices = watch.Scope{Kind: cluster.Services}
	aOne        = types.NamespacedName{Namespace: "a", Name: "one"}
	aTwo        = types.NamespacedName{Namespace: "a", Name: "two"}
	bOne        = types.NamespacedName{Namespace: "b", Name: "one"}
)

// TestGet: B-RDY-11, what does not exist is nil, and what cannot be read is an error that says why.
func TestGet(t *testing.T) {
	inBubble(t, "by name", services(aOne, bOne), func(t *testing.T, f *fixture) {
		for name, exists := range map[types.NamespacedName]bool{aOne: true, bOne: true, aTwo: false, {Name: "one"}: false} {
			found, err := cluster.Get[corev1.Service](t.Context(), f.Cluster, allServices, name)
			must(t, err)
			if exists != (found != nil) || exists && (found.Namespace != name.Namespace || found.Name != name.Name) {
				t.Errorf("Service %s: found %v", name, found)
			}
		}
	})
	inBubble(t, "of another type", services(aOne), func(t *testing.T, f *fixture) {
		found, err := cluster.Get[corev1.Secret](t.Context(), f.Cluster, allServices, aOne)
		expect(t, "Error", "Services holds a *v1.Service", textOf(err))
		expect(t, "Found", (*corev1.Secret)(nil), found)
	})
	inBubble(t, "unreadable", services(aOne), func(t *testing.T, f *fixture) {
		f.refuse("services")
		for range 2 {
			_, err := cluster.Get[corev1.Service](t.Context(), f.Cluster, allServices, aOne)
			expect(t, "Error", "Services: services is forbidden: no right", textOf(err))
		}
		expect(t, "Delays", []string{"Services: services is forbidden: no right"}, f.missed)
	})
	inBubble(t, "of an unknown kind", nil, func(t *testing.T, f *fixture) {
		_, err := cluster.Get[corev1.Pod](t.Context(), f.Cluster, watch.Scope{Kind: "Pods"}, aOne)
		expect(t, "Error", `no informer for kind "Pods"`, textOf(err))
	})
}

// TestShown: B-OPS-2, a look at what informers show starts none.
func TestShown(t *testing.T) {
	inBubble(t, "objects", services(aOne), func(t *testing.T, f *fixture) {
		expect(t, "Before the scope is asked for", (*corev1.Service)(nil), cluster.Shown[corev1.Service](f.Cluster, allServices, aOne))
		expect(t, "Lists", []string{}, f.lists())
		_, err := f.Ensure(t.Context(), allServices)
		must(t, err)
		if found := cluster.Shown[corev1.Service](f.Cluster, allServices, aOne); found == nil || found.Name != "one" {
			t.Errorf("Shown: %v", found)
		}
		expect(t, "What does not exist", (*corev1.Service)(nil), cluster.Shown[corev1.Service](f.Cluster, allServices, aTwo))
		expect(t, "Another type", (*corev1.Secret)(nil), cluster.Shown[corev1.Secret](f.Cluster, allServices, aOne))
	})
}

func TestList(t *testing.T) {
	inBubble(t, "objects", services(aOne, aTwo, bOne), func(t *testing.T, f *fixture) {
		for namespace, want := range map[string][]string{"": {"a/one", "a/two", "b/one"}, "a": {"a/one", "a/two"}, "c": {}} {
			found, err := cluster.List[corev1.Service](t.Context(), f.Cluster, allServices, namespace)
			must(t, err)
			expect(t, "Namespace "+namespace, want, namesOf(found))
		}
	})
	inBubble(t, "of another type", services(aOne), func(t *testing.T, f *fixture) {
		for _, namespace := range []string{"", "a"} {
			_, err := cluster.List[corev1.Secret](t.Context(), f.Cluster, allServices, namespace)
			expect(t, "Error", "Services holds a *v1.Service", textOf(err))
		}
	})
	inBubble(t, "unreadable", services(aOne), func(t *testing.T, f *fixture) {
		f.refuse("services")
		_, err := cluster.List[corev1.Service](t.Context(), f.Cluster, allServices, "")
		expect(t, "Error", "Services: services is forbidden: no right", textOf(err))
	})
}

// TestPanicOfAHandler: B-OPS-5, a panic over one object costs one event.
func TestPanicOfAHandler(t *testing.T) {
	inBubble(t, "over one Service", services(aOne, aTwo, bOne), func(t *testing.T, f *fixture) {
		core, logs := observer.New(zap.InfoLevel)
		heard := make(chan string, 3)
		c := cluster.New(logging.WithLogger(t.Context(), zap.New(core).Sugar()), f.connection, cache.ResourceEventHandlerFuncs{AddFunc: func(object any) {
			if name := object.(*corev1.Service).Name; name != "two" {
				heard <- name
				return
			}
			panic("over two")
		}}, f)
		_, err := c.Ensure(t.Context(), allServices)
		must(t, err)
		synctest.Wait()
		expect(t, "Heard of", 2, len(heard))
		expect(t, "Logged", 1, logs.FilterMessage("Panic over an event, which is lost: *v1.Service a/two").Len())
	})
}

// TestRequests: B-OPS-2, B-OPS-5, what is asked for is no more than what is read.
func TestRequests(t *testing.T) {
	scope := func(scope watch.Scope) func(*testing.T, *fixture) {
		return func(t *testing.T, f *fixture) { _, err := f.Ensure(t.Context(), scope); must(t, err) }
	}
	for name, c := range map[string]struct {
		read func(*testing.T, *fixture)
		want []string
	}{
		"our HTTPRoutes":         {scope(cluster.OurRoutes), []string{`httproutes.gateway.networking.k8s.io of "", labels "networking.internal.knative.dev/ingress", fields ""`}},
		"HTTPRoutes of others":   {scope(cluster.NotOurRoutes), []string{`httproutes.gateway.networking.k8s.io of "", labels "!networking.internal.knative.dev/ingress", fields ""`}},
		"our ListenerSets":       {scope(cluster.OurListenerSets), []string{`listenersets.gateway.networking.k8s.io of "", labels "networking.internal.knative.dev/ingress", fields ""`}},
		"our ReferenceGrants":    {scope(cluster.OurGrants), []string{`referencegrants.gateway.networking.k8s.io of "", labels "networking.internal.knative.dev/ingress", fields ""`}},
		"our BackendTLSPolicies": {scope(cluster.OurPolicies), []string{`backendtlspolicies.gateway.networking.k8s.io of "", labels "net-gateways.github.io/internal-tls", fields ""`}},
		"our ConfigMaps":         {scope(cluster.OurTrust), []string{`configmaps of "", labels "", fields "metadata.name=net-gateways-internal-tls"`}},
		"Gateways":               {scope(cluster.AllGateways), []string{`gateways.gateway.networking.k8s.io of "", labels "", fields ""`}},
		"GatewayClasses":         {scope(cluster.AllGatewayClasses), []string{`gatewayclasses.gateway.networking.k8s.io of "", labels "", fields ""`}},
		"backends":               {scope(cluster.BackendServices("a")), []string{`services of "a", labels "", fields ""`}},
		"slices of a Service":    {scope(cluster.SlicesOf(aOne)), []string{`endpointslices.discovery.k8s.io of "a", labels "kubernetes.io/service-name=one", fields ""`}},
		"a CRD": {func(t *testing.T, f *fixture) { _, err := f.HasGateways(t.Context()); must(t, err) },
			[]string{`customresourcedefinitions.apiextensions.k8s.io of "", labels "", fields "metadata.name=gateways.gateway.networking.k8s.io"`}},
		"the single-gateway plugin": {func(t *testing.T, f *fixture) { _, err := f.CompetingController(t.Context()); must(t, err) },
			[]string{`deployments.apps of "knative-serving", labels "", fields "metadata.name=net-gateway-api-controller"`}},
		"Serving's authorities": {func(t *testing.T, f *fixture) { _, err := f.Trust(t.Context()); must(t, err) }, []string{
			`configmaps of "knative-serving", labels "networking.knative.dev/trust-bundle", fields ""`,
			`secrets of "knative-serving", labels "", fields "metadata.name=routing-serving-certs"`,
		}},
		"a backend":               {func(t *testing.T, f *fixture) { _, err := f.Reader(t.Context()).Backend(aOne); must(t, err) }, []string{`services of "a", labels "", fields ""`}},
		"a Service that is named": {func(t *testing.T, f *fixture) { _, err := f.Reader(t.Context()).Service(aOne); must(t, err) }, []string{`services of "a", labels "", fields "metadata.name=one"`}},
		"Services of data planes": {func(t *testing.T, f *fixture) {
			_, err := f.Reader(t.Context()).Claiming(ownsBlue.Gateway)
			must(t, err)
		}, []string{
			`services of "", labels "gateway.envoyproxy.io/owning-gateway-name", fields ""`,
			`services of "", labels "gateway.envoyproxy.io/owning-gatewayclass", fields ""`,
			`services of "", labels "gateway.networking.k8s.io/gateway-name", fields ""`,
		}},
	} {
		inBubble(t, name, nil, func(t *testing.T, f *fixture) {
			c.read(t, f)
			c.read(t, f)
			expect(t, "Lists", c.want, f.lists())
		})
	}
}
