// SPDX-License-Identifier: Apache-2.0

package apply_test

import (
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/kmeta"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/fake"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// listenerSet is one of the owner's with a listener for each host.
func listenerSet(hosts ...string) *gatewayv1.ListenerSet {
	set := &gatewayv1.ListenerSet{ObjectMeta: metav1.ObjectMeta{
		Namespace: "default", Name: "set", OwnerReferences: []metav1.OwnerReference{*kmeta.NewControllerRef(owner)},
	}}
	set.Spec.ParentRef.Name = "gateway"
	for _, host := range hosts {
		set.Spec.Listeners = append(set.Spec.Listeners, gatewayv1.ListenerEntry{
			Name: gatewayv1.SectionName(host), Hostname: new(gatewayv1.Hostname(host)), Port: 443, Protocol: gatewayv1.HTTPSProtocolType,
		})
	}
	return set
}

func stored(t *testing.T, client *fake.Clientset) *gatewayv1.ListenerSet {
	t.Helper()
	set, err := client.GatewayV1().ListenerSets("default").Get(t.Context(), "set", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func listeners(set *gatewayv1.ListenerSet) []string {
	names := []string{}
	for _, listener := range set.Spec.Listeners {
		names = append(names, string(listener.Name))
	}
	slices.Sort(names)
	return names
}

// TestListenersOfOthersStay: B-TRN-5, a list to which others may add is compared entry by
// entry. What we created goes when it is not wanted, though a Create is no apply; what
// another field manager added stays, and the controller does not write it again and again.
func TestListenersOfOthersStay(t *testing.T) {
	client := fake.NewClientset()
	applier := apply.ListenerSets(client)
	if _, err := applier.Apply(t.Context(), owner, apply.Plan(owner, nil, []*gatewayv1.ListenerSet{listenerSet("a", "b")})); err != nil {
		t.Fatal(err)
	}
	theirs := []byte(`{"apiVersion":"gateway.networking.k8s.io/v1","kind":"ListenerSet","metadata":{"name":"set","namespace":"default"},` +
		`"spec":{"listeners":[{"name":"theirs","port":8443,"protocol":"HTTPS"}]}}`)
	if _, err := client.GatewayV1().ListenerSets("default").Patch(t.Context(), "set", types.ApplyPatchType, theirs, metav1.PatchOptions{FieldManager: "another"}); err != nil {
		t.Fatal(err)
	}
	want := []*gatewayv1.ListenerSet{listenerSet("b", "c")}
	result, err := applier.Apply(t.Context(), owner, apply.Plan(owner, []*gatewayv1.ListenerSet{stored(t, client)}, want))
	if err != nil || len(result.Writes) != 1 || result.Writes[0].Verb != apply.Updated {
		t.Fatal(err, result)
	}
	if got := listeners(stored(t, client)); !slices.Equal(got, []string{"b", "c", "theirs"}) {
		t.Errorf("Listeners %v", got)
	}
	if again := apply.Plan(owner, []*gatewayv1.ListenerSet{stored(t, client)}, want); !again.Empty() {
		t.Errorf("Planned again: %+v", again)
	}
}
