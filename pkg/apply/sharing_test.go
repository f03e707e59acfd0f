// SPDX-License-Identifier: Apache-2.0

package apply_test

import (
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/fake"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/conditions"
)

var (
	secondOwner = &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "second", UID: "second"}}
	both        = []*v1alpha1.Ingress{owner, secondOwner}
)

// sharedBy is a ListenerSet that several KIngresses own.
func sharedBy(owners ...*v1alpha1.Ingress) *gatewayv1.ListenerSet {
	set := listenerSet("*.example.com")
	set.Labels, set.OwnerReferences = map[string]string{networking.IngressLabelKey: ""}, nil
	for _, of := range owners {
		set.OwnerReferences = append(set.OwnerReferences, metav1.OwnerReference{
			APIVersion: v1alpha1.SchemeGroupVersion.String(), Kind: "Ingress", Name: of.Name, UID: of.UID,
		})
	}
	return set
}

// TestShared: B-TLS-1, each owner of a shared ListenerSet may write it, and all write the same; a former
// owner is removed from it, and the last one deletes it.
func TestShared(t *testing.T) {
	client := fake.NewClientset()
	applier := apply.ListenerSets(client)
	for _, step := range []struct {
		name    string
		by      *v1alpha1.Ingress
		desired []*gatewayv1.ListenerSet
		verbs   []apply.Verb
		owners  []string
	}{
		{"the first one creates it", owner, []*gatewayv1.ListenerSet{sharedBy(owner)}, []apply.Verb{apply.Created}, []string{string(owner.UID)}},
		{"the second one joins", secondOwner, []*gatewayv1.ListenerSet{sharedBy(both...)}, []apply.Verb{apply.Updated}, []string{string(owner.UID), "second"}},
		{"the first one has nothing to do", owner, []*gatewayv1.ListenerSet{sharedBy(both...)}, nil, []string{string(owner.UID), "second"}},
		{"who leaves lets the others write it", owner, nil, nil, []string{string(owner.UID), "second"}},
		{"and they do", secondOwner, []*gatewayv1.ListenerSet{sharedBy(secondOwner)}, []apply.Verb{apply.Updated}, []string{"second"}},
		{"the last one deletes it", secondOwner, nil, []apply.Verb{apply.Deleted}, nil},
	} {
		current, err := client.GatewayV1().ListenerSets("default").List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		have := []*gatewayv1.ListenerSet{}
		for i := range current.Items {
			have = append(have, &current.Items[i])
		}
		result, err := applier.Apply(t.Context(), step.by, apply.Plan(step.by, have, step.desired))
		if err != nil || len(result.Refusals) > 0 {
			t.Fatal(step.name, err, result)
		}
		verbs := []apply.Verb{}
		for _, write := range result.Writes {
			verbs = append(verbs, write.Verb)
		}
		owners := []string{}
		if set, err := client.GatewayV1().ListenerSets("default").Get(t.Context(), "set", metav1.GetOptions{}); err == nil {
			for _, ref := range set.OwnerReferences {
				owners = append(owners, string(ref.UID))
			}
		}
		slices.Sort(owners)
		want := slices.Sorted(slices.Values(step.owners))
		if !slices.Equal(verbs, step.verbs) || !slices.Equal(owners, want) {
			t.Errorf("%s: %v, owners %v; want %v, %v", step.name, verbs, owners, step.verbs, want)
		}
	}
}

// TestSharedIsNotTaken: B-TRN-5, what one KIngress controls is not shared with others, nor
// what another one owns.
func TestSharedIsNotTaken(t *testing.T) {
	theirs := sharedBy(secondOwner)
	theirs.OwnerReferences[0].Controller = new(true)
	foreign := sharedBy(secondOwner)
	foreign.OwnerReferences[0].Kind = "Certificate"
	for name, existing := range map[string]*gatewayv1.ListenerSet{"controlled": theirs, "of another kind": foreign} {
		client := fake.NewClientset(existing)
		result, err := apply.ListenerSets(client).Apply(t.Context(), owner, apply.Plan(owner, []*gatewayv1.ListenerSet{existing}, []*gatewayv1.ListenerSet{sharedBy(both...)}))
		var refusal *apply.Refusal
		if len(result.Refusals) == 1 {
			refusal = result.Refusals[0]
		}
		if err != nil || refusal == nil || refusal.Code != conditions.ReasonNotOwned {
			t.Errorf("%s: %v, %+v", name, err, result)
		}
	}
}

// TestSharedWithNamespace: B-OPS-3, B-TRN-5, the namespace of a shared object may own it, too. Then
// no owner is its last one; it is as it should be only with the owners that are wanted.
func TestSharedWithNamespace(t *testing.T) {
	with := func(name string) *gatewayv1.ListenerSet {
		set := sharedBy(owner)
		set.OwnerReferences = append(set.OwnerReferences, metav1.OwnerReference{APIVersion: "v1", Kind: "Namespace", Name: name, UID: "namespace"})
		return set
	}
	if changes := apply.Plan(owner, []*gatewayv1.ListenerSet{with("default")}, nil); !changes.Empty() {
		t.Errorf("The namespace owns it, too: %+v", changes)
	}
	if changes := apply.Plan(owner, []*gatewayv1.ListenerSet{with("default")}, []*gatewayv1.ListenerSet{with("default")}); !changes.Empty() {
		t.Errorf("Nothing happened: %+v", changes)
	}
	if changes := apply.Plan(owner, []*gatewayv1.ListenerSet{with("default")}, []*gatewayv1.ListenerSet{sharedBy(owner)}); len(changes.Update) != 1 {
		t.Errorf("The namespace is not wanted any more: %+v", changes)
	}
	if apply.IsShared(with("other")) {
		t.Error("Another namespace is no owner of ours")
	}
}
