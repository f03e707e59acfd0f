// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// filled is metadata as API servers return it: with what others wrote, what we wrote, and who has which field.
func filled() metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: "default", Name: "one", UID: "uid", ResourceVersion: "7",
		Labels: map[string]string{"theirs": "label"},
		Annotations: map[string]string{
			"ours": "annotation", "theirs": "annotation", "net-gateways.github.io/rollout": "state", "gateway.networking.k8s.io/bundle-version": "v1.6.1",
			"networking.istio.io/service-type": "ClusterIP",
		},
		ManagedFields: []metav1.ManagedFieldsEntry{
			{Manager: "net-gateways", FieldsV1: &metav1.FieldsV1{Raw: []byte(`{"f:metadata":{"f:annotations":{"f:ours":{}}}}`)}},
			{Manager: "kubectl", FieldsV1: &metav1.FieldsV1{Raw: []byte(`{"f:metadata":{"f:annotations":{"f:theirs":{}}}}`)}},
			{Manager: "envoy", Subresource: "status"},
		},
	}
}

// TestTrims: B-OPS-2, what informers keep of the metadata of each kind; B-OPS-5, of a Secret, and of HTTPRoutes of others,
// only what is read.
func TestTrims(t *testing.T) {
	hosts := []gatewayv1.Hostname{"hello.example.com"}
	parents := gatewayv1.CommonRouteSpec{ParentRefs: []gatewayv1.ParentReference{{Name: "blue"}}}
	whole := gatewayv1.HTTPRouteSpec{CommonRouteSpec: parents, Hostnames: hosts, Rules: []gatewayv1.HTTPRouteRule{{}}}
	served := gatewayv1.HTTPRouteStatus{RouteStatus: gatewayv1.RouteStatus{Parents: []gatewayv1.RouteParentStatus{{ControllerName: "envoy"}}}}
	kinds := map[watch.Kind]struct {
		object, want metav1.Object // without metadata; want is the object where it is not given
		annotations  []string
		managers     []string
	}{
		cluster.HTTPRoutes: {object: &gatewayv1.HTTPRoute{Spec: whole, Status: served}, want: &gatewayv1.HTTPRoute{Spec: whole, Status: served},
			annotations: []string{"net-gateways.github.io/rollout", "ours"}, managers: []string{"net-gateways"}},
		cluster.ListenerSets:       {object: &gatewayv1.ListenerSet{}, annotations: []string{"net-gateways.github.io/rollout", "ours"}, managers: []string{"net-gateways"}},
		cluster.ReferenceGrants:    {object: &gatewayv1beta1.ReferenceGrant{}, annotations: []string{"net-gateways.github.io/rollout", "ours"}, managers: []string{"net-gateways"}},
		cluster.BackendTLSPolicies: {object: &gatewayv1.BackendTLSPolicy{}, annotations: []string{"net-gateways.github.io/rollout", "ours"}, managers: []string{"net-gateways"}},
		cluster.ConfigMaps: {object: &corev1.ConfigMap{Data: map[string]string{"ca.crt": "x"}}, want: &corev1.ConfigMap{Data: map[string]string{"ca.crt": "x"}},
			annotations: []string{"net-gateways.github.io/rollout", "ours"}, managers: []string{"net-gateways"}},
		cluster.OthersRoutes: {object: &gatewayv1.HTTPRoute{Spec: whole, Status: served}, want: &gatewayv1.HTTPRoute{Spec: gatewayv1.HTTPRouteSpec{CommonRouteSpec: parents, Hostnames: hosts}},
			annotations: []string{"net-gateways.github.io/rollout"}},
		cluster.Gateways:       {object: &gatewayv1.Gateway{}, annotations: []string{"networking.istio.io/service-type"}, managers: []string{"net-gateways", "kubectl"}},
		cluster.GatewayClasses: {object: &gatewayv1.GatewayClass{}},
		cluster.Services:       {object: &corev1.Service{}},
		cluster.EndpointSlices: {object: &discoveryv1.EndpointSlice{}},
		cluster.Deployments:    {object: &appsv1.Deployment{}},
		cluster.Secrets: {object: &corev1.Secret{Data: map[string][]byte{"ca.crt": []byte("x"), "tls.key": []byte("secret")}},
			want: &corev1.Secret{Data: map[string][]byte{"ca.crt": []byte("x")}}},
		cluster.CRDs: {object: &metav1.PartialObjectMetadata{}, annotations: []string{"gateway.networking.k8s.io/bundle-version"}},
	}
	for kind, c := range kinds {
		t.Run(string(kind), func(t *testing.T) {
			if c.want == nil {
				c.want = c.object.(runtime.Object).DeepCopyObject().(metav1.Object)
			}
			kept := filled()
			kept.ManagedFields = slices.DeleteFunc(kept.ManagedFields, func(entry metav1.ManagedFieldsEntry) bool { return !slices.Contains(c.managers, entry.Manager) })
			maps.DeleteFunc(kept.Annotations, func(key, _ string) bool { return !slices.Contains(c.annotations, key) })
			want, object := withMetadata(c.want, kept), withMetadata(c.object, filled())
			for range 2 { // client-go may transform an object again
				found, err := cluster.Trimmed(cluster.Clients{}.Trims()[kind])(object)
				must(t, err)
				if diff := cmp.Diff(want, found, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("Kept (-want, +got):\n%s", diff)
				}
			}
		})
	}
	expect(t, "Kinds that are tested", everyKind(), slices.Sorted(maps.Keys(kinds)))
}

func withMetadata(object metav1.Object, metadata metav1.ObjectMeta) metav1.Object {
	*object.(metav1.ObjectMetaAccessor).GetObjectMeta().(*metav1.ObjectMeta) = metadata
	return object
}

// TestTrimKeepsWhatOthersWrote: B-INS-8, an object that the controller has never written keeps who has which of its fields,
// and its annotations, of which a take-over removes some.
func TestTrimKeepsWhatOthersWrote(t *testing.T) {
	metadata := filled()
	metadata.ManagedFields = metadata.ManagedFields[1:]
	want := filled()
	want.ManagedFields = want.ManagedFields[1:2]
	found, err := cluster.Trimmed(cluster.Clients{}.Trims()[cluster.HTTPRoutes])(&gatewayv1.HTTPRoute{ObjectMeta: metadata})
	must(t, err)
	expect(t, "Kept", &gatewayv1.HTTPRoute{ObjectMeta: want}, found.(*gatewayv1.HTTPRoute))
}

// TestTrimKeepsAttached: B-PTH-8, an HTTPRoute of a user whose parent is a Knative object, or of which its status says so,
// is stored with its rules and its status.
func TestTrimKeepsAttached(t *testing.T) {
	spec := gatewayv1.HTTPRouteSpec{Rules: []gatewayv1.HTTPRouteRule{{Matches: []gatewayv1.HTTPRouteMatch{{}}}}}
	parent := gatewayv1.ParentReference{Group: new(gatewayv1.Group("serving.knative.dev")), Kind: new(gatewayv1.Kind("DomainMapping")), Name: "a.example.com"}
	attached, was := gatewayv1.HTTPRoute{Spec: spec}, gatewayv1.HTTPRoute{Spec: spec}
	attached.Spec.ParentRefs = []gatewayv1.ParentReference{parent}
	was.Status.Parents = []gatewayv1.RouteParentStatus{{ControllerName: "net-gateways.github.io/knative", ParentRef: parent}}
	for _, route := range []gatewayv1.HTTPRoute{attached, was} {
		found, err := cluster.Trimmed(cluster.Clients{}.Trims()[cluster.OthersRoutes])(route.DeepCopy())
		must(t, err)
		expect(t, "Kept", &route, found.(*gatewayv1.HTTPRoute))
	}
}

// TestTrimmed: B-OPS-5, what cannot be trimmed is kept as it is.
func TestTrimmed(t *testing.T) {
	tombstone := cache.DeletedFinalStateUnknown{Key: "default/one", Obj: &corev1.Service{ObjectMeta: filled()}}
	panicking := func(metav1.Object) { panic("over an object") }
	for name, c := range map[string]struct {
		trim   func(metav1.Object)
		object any
		want   any
	}{
		"nothing":                   {cluster.TrimAll, nil, nil},
		"an object of no type":      {cluster.TrimAll, (*corev1.Service)(nil), (*corev1.Service)(nil)},
		"text":                      {cluster.TrimAll, "text", "text"},
		"a tombstone":               {cluster.TrimAll, tombstone, tombstone},
		"a panic":                   {panicking, &corev1.Service{ObjectMeta: filled()}, &corev1.Service{ObjectMeta: filled()}},
		"no Secret among Secrets":   {cluster.Clients{}.Trims()[cluster.Secrets], &corev1.ConfigMap{Data: map[string]string{"a": "b"}}, &corev1.ConfigMap{Data: map[string]string{"a": "b"}}},
		"a Secret without data":     {cluster.Clients{}.Trims()[cluster.Secrets], &corev1.Secret{}, &corev1.Secret{Data: map[string][]byte{"ca.crt": nil}}},
		"no HTTPRoute among others": {cluster.Clients{}.Trims()[cluster.OthersRoutes], &corev1.Service{}, &corev1.Service{}},
		"a CRD without annotations": {cluster.Clients{}.Trims()[cluster.CRDs], &metav1.PartialObjectMetadata{}, &metav1.PartialObjectMetadata{}},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := cluster.Trimmed(c.trim)(c.object)
			must(t, err)
			expect(t, "Kept", c.want, found)
		})
	}
}

// TestTrimSharesStrings: B-OPS-2, what was carried over from a KIngress is in memory once.
func TestTrimSharesStrings(t *testing.T) {
	text := strings.Repeat("a text ", 10)
	ing := &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "hello", UID: "uid", Annotations: map[string]string{"same": text, "changed": text}}}
	for _, c := range []struct {
		name   string
		stored []any
		owner  func(*metav1.ObjectMeta)
		shared bool
	}{
		{name: "of its KIngress", stored: []any{ing}, shared: true},
		{name: "the KIngress is not known", stored: nil},
		{name: "the KIngress is another one", stored: []any{ing}, owner: func(m *metav1.ObjectMeta) { m.OwnerReferences[0].Name = "other" }},
		{name: "of no controller", stored: []any{ing}, owner: func(m *metav1.ObjectMeta) { m.OwnerReferences = nil }},
		{name: "no KIngress in the store", stored: []any{&corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "hello", Annotations: ing.Annotations}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := cache.NewStore(cache.MetaNamespaceKeyFunc)
			for _, object := range c.stored {
				must(t, store.Add(object))
			}
			route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{
				Namespace: "default", Name: "route", Annotations: map[string]string{"same": strings.Clone(text), "changed": "another text"},
				OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(ing, v1alpha1.SchemeGroupVersion.WithKind("Ingress"))},
			}}
			if c.owner != nil {
				c.owner(&route.ObjectMeta)
			}
			_, err := cluster.Trimmed(cluster.Clients{Ingresses: store}.Trims()[cluster.HTTPRoutes])(route)
			must(t, err)
			expect(t, "Annotations", map[string]string{"same": text, "changed": "another text"}, route.Annotations)
			expect(t, "Shared", c.shared, unsafe.StringData(route.Annotations["same"]) == unsafe.StringData(ing.Annotations["same"]))
		})
	}
}
