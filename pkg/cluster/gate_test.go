// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/gatewayapi"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// crd is a CustomResourceDefinition of the Gateway API as a release of it names itself; "none" has no annotation.
func crd(resource, bundle string) runtime.Object {
	found := &metav1.PartialObjectMetadata{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition"},
		ObjectMeta: metav1.ObjectMeta{Name: resource + ".gateway.networking.k8s.io"},
	}
	if bundle != "none" {
		found.Annotations = map[string]string{"gateway.networking.k8s.io/bundle-version": bundle}
	}
	return found
}

// crds are the three that are required, of these releases; "" leaves one out.
func crds(classes, gateways, routes string) []runtime.Object {
	found := []runtime.Object{}
	for resource, bundle := range map[string]string{"gatewayclasses": classes, "gateways": gateways, "httproutes": routes} {
		if bundle != "" {
			found = append(found, crd(resource, bundle))
		}
	}
	return found
}

// TestMissing: B-INS-7, which CRD is needed, the first of those without which nothing is served; B-INS-9, a CRD
// that does not exist comes before one whose annotation looks old.
func TestMissing(t *testing.T) {
	const current = "v1.6.1"
	for _, c := range []struct {
		name     string
		crds     []runtime.Object
		want     string
		outdated bool
	}{
		{name: "all of a current release", crds: crds(current, current, current)},
		{name: "of the oldest release that does", crds: crds("v1.2.0", "v1.2.0", "v1.2.0")},
		{name: "of a candidate for that release", crds: crds("v1.2.0-rc2", "v1.2.0-rc2", "v1.2.0-rc2")},
		{name: "of no release", crds: crds("v0.0.0-dev", "v0.0.0", "v0.0.0")},
		{name: "without an annotation", crds: crds("none", "none", "none")},
		{name: "with annotations that are no versions", crds: crds("main", "latest", "?")},
		{name: "none", want: "CustomResourceDefinition gatewayclasses.gateway.networking.k8s.io does not exist: install the Gateway API, v1.2.0 or newer"},
		{name: "one does not exist", crds: crds(current, current, ""), want: "CustomResourceDefinition httproutes.gateway.networking.k8s.io does not exist: install the Gateway API, v1.2.0 or newer"},
		{name: "one is old", crds: crds(current, "v1.1.9", current), outdated: true,
			want: "CustomResourceDefinition gateways.gateway.networking.k8s.io is of Gateway API v1.1.9: install v1.2.0 or newer"},
		{name: "all are old", crds: crds("v1.0.0", "v0.8.1", "v1.1.0"), outdated: true,
			want: "CustomResourceDefinition gatewayclasses.gateway.networking.k8s.io is of Gateway API v1.0.0: install v1.2.0 or newer"},
		{name: "one is old, and a later one does not exist", crds: crds("v1.1.0", current, ""), want: "CustomResourceDefinition httproutes.gateway.networking.k8s.io does not exist: install the Gateway API, v1.2.0 or newer"},
	} {
		inBubble(t, c.name, c.crds, func(t *testing.T, f *fixture) {
			missing, err := f.Missing(t.Context())
			must(t, err)
			if missing == nil {
				missing = &gatewayapi.Missing{}
			} else {
				expect(t, "Reason", "GatewayAPIMissing", missing.Reason())
			}
			expect(t, "What is missing", c.want, missing.Detail)
			expect(t, "Outdated", c.outdated, missing.Outdated)
		})
	}
	inBubble(t, "they cannot be read", nil, func(t *testing.T, f *fixture) {
		f.refuse("customresourcedefinitions")
		missing, err := f.Missing(t.Context())
		expect(t, "Error", "CustomResourceDefinitions: customresourcedefinitions is forbidden: no right", textOf(err))
		expect(t, "Is missing", false, missing != nil)
	})
}

// TestHasGateways: B-OPS-4, a finalizer waits for no Gateways where there can be none.
func TestHasGateways(t *testing.T) {
	for name, c := range map[string]struct {
		crds []runtime.Object
		want bool
	}{
		"they are served":          {crds("", "v1.6.1", ""), true},
		"by however old a release": {crds("", "v0.5.0", ""), true},
		"they are not":             {crds("v1.6.1", "", "v1.6.1"), false},
	} {
		inBubble(t, name, c.crds, func(t *testing.T, f *fixture) {
			has, err := f.HasGateways(t.Context())
			must(t, err)
			expect(t, "HasGateways", c.want, has)
		})
	}
	inBubble(t, "it cannot be read", nil, func(t *testing.T, f *fixture) {
		f.refuse("customresourcedefinitions")
		_, err := f.HasGateways(t.Context())
		expect(t, "Error", "CustomResourceDefinitions: customresourcedefinitions is forbidden: no right", textOf(err))
	})
}

// TestOptionalKinds: B-INS-7, a kind that is optional is used where its CRD is of a release that has it as v1; B-INS-9,
// where the annotation alone is old, the API server says whether it serves v1.
func TestOptionalKinds(t *testing.T) {
	notServed := apierrors.NewGenericServerResponse(404, "list", schema.GroupResource{Resource: "things"}, "", "", 0, true)
	kinds := map[string]struct {
		why   func(*testing.T, *fixture) (string, error)
		scope watch.Scope
		since string
	}{
		"listenersets":       {func(t *testing.T, f *fixture) (string, error) { return f.NoListenerSets(t.Context()) }, cluster.OurListenerSets, "v1.5.0"},
		"backendtlspolicies": {func(t *testing.T, f *fixture) (string, error) { return f.NoBackendTLSPolicies(t.Context()) }, cluster.OurPolicies, "v1.4.0"},
	}
	for resource, kind := range kinds {
		old := "CustomResourceDefinition " + resource + ".gateway.networking.k8s.io is of Gateway API v1.3.9: install " + kind.since + " or newer"
		for _, c := range []struct {
			name, bundle string
			answer       error // to a list
			want, err    string
			listed       bool
		}{
			{name: "of the first release that has it", bundle: kind.since},
			{name: "of a later one", bundle: "v1.7.0"},
			{name: "without an annotation", bundle: "none"},
			{name: "of an older one, and served", bundle: "v1.3.9", listed: true},
			{name: "of an older one, and not served", bundle: "v1.3.9", answer: notServed, want: old},
			{name: "of an older one, and not readable", bundle: "v1.3.9",
				answer: forbidden(resource), err: string(kind.scope.Kind) + ": " + resource + " is forbidden: no right"},
			{name: "absent", want: "CustomResourceDefinition " + resource + ".gateway.networking.k8s.io does not exist: install the Gateway API, " + kind.since + " or newer"},
		} {
			objects := crds("v1.6.1", "v1.6.1", "v1.6.1")
			if c.bundle != "" {
				objects = append(objects, crd(resource, c.bundle))
			}
			inBubble(t, resource+" "+c.name, objects, func(t *testing.T, f *fixture) {
				if c.answer != nil {
					f.answer(resource, c.answer)
				}
				why, err := kind.why(t, f)
				expect(t, "Why there are none", c.want, why)
				expect(t, "Error", c.err, textOf(err))
				_, listed := f.Listed(kind.scope)
				expect(t, "Listed", c.listed, listed)
			})
		}
		inBubble(t, resource+" cannot be known", nil, func(t *testing.T, f *fixture) {
			f.refuse("customresourcedefinitions")
			why, err := kind.why(t, f)
			expect(t, "Why there are none", "", why)
			expect(t, "Error", "CustomResourceDefinitions: customresourcedefinitions is forbidden: no right", textOf(err))
		})
	}
}

// everyKind are all that are watched.
func everyKind() []watch.Kind {
	found := []watch.Kind{}
	for kind := range (cluster.Clients{}).Trims() {
		found = append(found, kind)
	}
	slices.Sort(found)
	return found
}

// listed are the kinds of which an informer has listed all objects.
func (f *fixture) listed() []watch.Kind {
	return slices.DeleteFunc(everyKind(), func(kind watch.Kind) bool {
		_, listed := f.Listed(watch.Scope{Kind: kind})
		return !listed
	})
}

// TestDrop: B-INS-7, what is not served any more is not watched any more, so that it is listed anew when it is
// served again; the watches of all else go on.
func TestDrop(t *testing.T) {
	for _, c := range []struct {
		name string
		drop func(*testing.T, *fixture)
		gone []watch.Kind
	}{
		{"no ListenerSets", func(t *testing.T, f *fixture) { _, err := f.NoListenerSets(t.Context()); must(t, err) }, []watch.Kind{"ListenerSets"}},
		{"no BackendTLSPolicies", func(t *testing.T, f *fixture) { _, err := f.NoBackendTLSPolicies(t.Context()); must(t, err) }, []watch.Kind{"BackendTLSPolicies"}},
		{"no Gateway API", func(_ *testing.T, f *fixture) { f.DropGatewayAPI() },
			[]watch.Kind{"BackendTLSPolicies", "GatewayClasses", "Gateways", "HTTPRoutes", "HTTPRoutes of others", "ListenerSets", "ReferenceGrants"}},
	} {
		inBubble(t, c.name, nil, func(t *testing.T, f *fixture) {
			for _, kind := range everyKind() {
				_, err := f.Ensure(t.Context(), watch.Scope{Kind: kind})
				must(t, err)
			}
			c.drop(t, f)
			expect(t, "Kinds that are still watched", slices.DeleteFunc(everyKind(), func(kind watch.Kind) bool { return slices.Contains(c.gone, kind) }), f.listed())
		})
	}
}

// TestCompetingController: B-INS-8, the single-gateway plugin counts while its Deployment is to run or a pod of it does.
func TestCompetingController(t *testing.T) {
	deployment := func(namespace, name string, wanted *int32, running int32) []runtime.Object {
		found := &appsv1.Deployment{ObjectMeta: named(namespace, name, nil)}
		found.Spec.Replicas, found.Status.Replicas = wanted, running
		return []runtime.Object{found}
	}
	const plugin = "net-gateway-api-controller"
	for _, c := range []struct {
		name    string
		objects []runtime.Object
		want    bool
	}{
		{"it is not installed", nil, false},
		{"it runs", deployment("knative-serving", plugin, new(int32(2)), 2), true},
		{"it is about to start", deployment("knative-serving", plugin, new(int32(1)), 0), true},
		{"as many replicas as is usual", deployment("knative-serving", plugin, nil, 0), true},
		{"it ends", deployment("knative-serving", plugin, new(int32(0)), 1), true},
		{"it has ended", deployment("knative-serving", plugin, new(int32(0)), 0), false},
		{"another controller", deployment("knative-serving", "net-gateways-controller", new(int32(1)), 1), false},
		{"one of that name elsewhere", deployment("default", plugin, new(int32(1)), 1), false},
	} {
		inBubble(t, c.name, c.objects, func(t *testing.T, f *fixture) {
			found, err := f.CompetingController(t.Context())
			must(t, err)
			expect(t, "Found", c.want, found != nil)
		})
	}
	inBubble(t, "it cannot be read", nil, func(t *testing.T, f *fixture) {
		f.refuse("deployments")
		_, err := f.CompetingController(t.Context())
		expect(t, "Error", "Deployments of namespace knative-serving: deployments is forbidden: no right", textOf(err))
	})
}
