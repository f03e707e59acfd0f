// SPDX-License-Identifier: Apache-2.0

package apply_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/kmeta"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

var owner = &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "hello", UID: "owner"}}

// edit changes a route that is made for a test.
type edit func(*gatewayv1.HTTPRoute)

// route is one of the owner's, as it is wanted.
func route(name string, edits ...edit) *gatewayv1.HTTPRoute {
	r := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{
		Namespace: "default", Name: name,
		Labels:          map[string]string{"ours": "label"},
		Annotations:     map[string]string{"ours": "annotation"},
		OwnerReferences: []metav1.OwnerReference{*kmeta.NewControllerRef(owner)},
	}}
	r.Spec.Hostnames = []gatewayv1.Hostname{gatewayv1.Hostname(name)}
	r.Spec.ParentRefs = []gatewayv1.ParentReference{{Name: "gateway"}}
	r.Spec.Rules = []gatewayv1.HTTPRouteRule{{}}
	for _, edit := range edits {
		edit(r)
	}
	return r
}

func managed(manager string, operation metav1.ManagedFieldsOperationType, fields string) edit {
	return func(r *gatewayv1.HTTPRoute) {
		r.ManagedFields = append(r.ManagedFields, metav1.ManagedFieldsEntry{
			Manager: manager, Operation: operation, APIVersion: gatewayv1.GroupVersion.String(), FieldsType: "FieldsV1", FieldsV1: &metav1.FieldsV1{Raw: []byte(fields)},
		})
	}
}

const (
	ourFields = `{"f:metadata":{"f:labels":{"f:ours":{}},"f:annotations":{"f:ours":{}}},"f:spec":{"f:rules":{}}}`
	update    = metav1.ManagedFieldsOperationUpdate
	applied   = metav1.ManagedFieldsOperationApply
)

// names are the objects of Changes, with what is done to them.
func names(changes apply.Changes[*gatewayv1.HTTPRoute]) []string {
	found := []string{}
	for _, r := range changes.Create {
		found = append(found, "create "+r.Name)
	}
	for _, u := range changes.Update {
		found = append(found, "update "+u.Desired.Name)
	}
	for _, r := range changes.Delete {
		found = append(found, "delete "+r.Name)
	}
	return found
}

// TestPlan: B-TRN-4 nothing to do is no write, B-TRN-5 what is not ours is left alone,
// B-TRN-6 what others add to ours is left alone and drift in ours is repaired, B-INS-8
// leftovers of the single-gateway plugin are taken over.
func TestPlan(t *testing.T) {
	other := &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "hello", UID: "recreated"}}
	foreign := func(r *gatewayv1.HTTPRoute) {
		r.OwnerReferences = []metav1.OwnerReference{*kmeta.NewControllerRef(other)}
	}
	unowned := func(r *gatewayv1.HTTPRoute) { r.OwnerReferences = nil }
	notController := func(r *gatewayv1.HTTPRoute) { r.OwnerReferences[0].Controller = nil }
	deleting := func(r *gatewayv1.HTTPRoute) { r.DeletionTimestamp = &metav1.Time{} }
	label := func(key, value string) edit { return func(r *gatewayv1.HTTPRoute) { r.Labels[key] = value } }
	annotation := func(key, value string) edit { return func(r *gatewayv1.HTTPRoute) { r.Annotations[key] = value } }
	tests := []struct {
		name    string
		current []*gatewayv1.HTTPRoute
		desired []*gatewayv1.HTTPRoute
		want    []string
	}{
		{"nothing", nil, nil, nil},
		{"new objects, in the order wanted", nil, list(route("b"), route("a")), []string{"create b", "create a"}},
		{"all is well", list(route("a"), route("b")), list(route("a"), route("b")), nil},
		{"gone objects, in a stable order", list(route("c"), route("a"), route("b")), list(route("b")), []string{"delete a", "delete c"}},
		{"empty lists are no lists", list(route("a", func(r *gatewayv1.HTTPRoute) { r.Spec.Rules[0].Filters = []gatewayv1.HTTPRouteFilter{} })), list(route("a")), nil},
		{"rules drifted", list(route("a", func(r *gatewayv1.HTTPRoute) { r.Spec.Rules = nil })), list(route("a")), []string{"update a"}},
		{"hosts drifted", list(route("a", func(r *gatewayv1.HTTPRoute) { r.Spec.Hostnames[0] = "x" })), list(route("a")), []string{"update a"}},
		{"parents drifted", list(route("a", func(r *gatewayv1.HTTPRoute) { r.Spec.ParentRefs[0].Name = "x" })), list(route("a")), []string{"update a"}},
		{"our label drifted", list(route("a", label("ours", "x"))), list(route("a")), []string{"update a"}},
		{"our annotation is gone", list(route("a", func(r *gatewayv1.HTTPRoute) { r.Annotations = nil })), list(route("a")), []string{"update a"}},
		{"labels and annotations of others stay", list(route("a", label("external-dns", "x"), annotation("policy", "y"))), list(route("a")), nil},
		{"the status is the gateway's", list(route("a", func(r *gatewayv1.HTTPRoute) { r.Status.Parents = []gatewayv1.RouteParentStatus{{}} })), list(route("a")), nil},
		{"an object of another KIngress", list(route("a", foreign)), nil, nil},
		{"one that we want is tried, and will be refused", list(route("a", foreign)), list(route("a")), []string{"create a"}},
		{"an object without an owner", list(route("a", unowned)), nil, nil},
		{"an owner that does not control", list(route("a", notController)), nil, nil},
		{"what is being deleted is not deleted again", list(route("a", deleting)), nil, nil},
		{"what is being deleted is wanted again", list(route("a", deleting)), list(route("a")), []string{"create a"}},
		{"our own fields", list(route("a", managed("net-gateways", applied, ourFields))), list(route("a")), nil},
		{"the label that a Create left", list(route("a", managed("net-gateways", update, `{"f:metadata":{"f:labels":{"f:gone":{}}}}`))), list(route("a")), []string{"update a"}},
		{"the annotation that we applied once", list(route("a", managed("net-gateways", applied, `{"f:metadata":{"f:annotations":{".":{},"f:gone":{}}}}`))), list(route("a")), []string{"update a"}},
		{"the spec of the plugin that we take over", list(route("a", managed("controller", update, ourFields))), list(route("a")), []string{"update a"}},
		{"a status that another manager wrote is not a spec", list(route("a", managed("envoy", update, `{"f:status":{}}`))), list(route("a")), nil},
		{"a label that another manager wrote is not a spec", list(route("a", managed("kubectl", update, `{"f:metadata":{"f:labels":{"f:x":{}}}}`))), list(route("a")), nil},
		{"a spec that another manager wrote into ours is repaired when it differs, not taken over",
			list(route("a", managed("net-gateways", applied, ourFields), managed("kubectl-edit", update, `{"f:spec":{"f:rules":{}}}`))), list(route("a")), nil},
		{"fields that cannot be read", list(route("a", managed("net-gateways", applied, "{"))), list(route("a")), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			current, desired := copies(test.current), copies(test.desired)
			changes := apply.Plan(owner, current, desired)
			if diff := cmp.Diff(test.want, names(changes), cmpNil); diff != "" {
				t.Errorf("Plan() (-want, +got):\n%s", diff)
			}
			if changes.Empty() != (len(test.want) == 0) {
				t.Errorf("Empty() = %t", changes.Empty())
			}
			if diff := cmp.Diff(test.current, current) + cmp.Diff(test.desired, desired); diff != "" {
				t.Errorf("The input was changed:\n%s", diff)
			}
		})
	}
}

var cmpNil = cmpopts.EquateEmpty()

func list(routes ...*gatewayv1.HTTPRoute) []*gatewayv1.HTTPRoute { return routes }

func copies(routes []*gatewayv1.HTTPRoute) []*gatewayv1.HTTPRoute {
	var copied []*gatewayv1.HTTPRoute
	for _, r := range routes {
		copied = append(copied, r.DeepCopy())
	}
	return copied
}

// BenchmarkPlanNoop: B-OPS-1, the diff of a resync.
func BenchmarkPlanNoop(b *testing.B) {
	desired := list(route("a"), route("b"))
	current := copies(desired)
	for _, r := range current {
		managed("net-gateways", update, ourFields)(r)
	}
	b.ReportAllocs()
	for b.Loop() {
		if !apply.Plan(owner, current, desired).Empty() {
			b.Fatal("A benchmark of something else")
		}
	}
}
