// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// listens adds a listener with conditions.
func listens(awaited bool, generation int64, said ...metav1.Condition) edit {
	return func(s *status.Side) {
		set := &gatewayv1.ListenerSet{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "hello-1", Generation: generation}}
		set.Status.Listeners = []gatewayv1.ListenerEntryStatus{{Name: "hello.example.com", Conditions: said}}
		s.Listeners = []status.Listener{{
			Host: "hello.example.com", Secret: types.NamespacedName{Namespace: "default", Name: "certificate"},
			SetName: "hello-1", Set: set, Name: "hello.example.com", Awaited: awaited,
		}}
	}
}

// onGateway moves the listener from its ListenerSet to the Gateway.
func onGateway(edit edit) edit {
	return func(s *status.Side) {
		edit(s)
		listener := &s.Listeners[0]
		gateway := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Generation: listener.Set.Generation}}
		gateway.Status.Listeners = []gatewayv1.ListenerStatus{{Name: "other", Conditions: []metav1.Condition{listenerSaid("Programmed", "False")}},
			{Name: listener.Name, Conditions: listener.Set.Status.Listeners[0].Conditions}}
		listener.SetName, listener.Set, listener.Gateway = "", nil, gateway
	}
}

func operators(edit edit) edit {
	return func(s *status.Side) {
		edit(s)
		s.Listeners[0].Secret.Name = ""
	}
}

func listenerSaid(kind string, value metav1.ConditionStatus) metav1.Condition {
	return metav1.Condition{Type: kind, Status: value, Reason: "TheReason", Message: "the words", ObservedGeneration: 1}
}

// TestListeners: B-RDY-6, B-TLS-3, the gateway's message about a certificate is in the condition, with
// host and Secret. A missing condition of the listener blocks only a KIngress that waits for it.
func TestListeners(t *testing.T) {
	missing, unprogrammed := listenerSaid("ResolvedRefs", "False"), listenerSaid("Programmed", "False")
	for _, test := range []struct {
		name   string
		edit   edit
		reason string
		text   string
	}{
		{"works", listens(false, 1, listenerSaid("ResolvedRefs", "True"), listenerSaid("Programmed", "True")), "", ""},
		{"Secret missing", listens(false, 1, unprogrammed, missing), "RefsNotResolved",
			"HTTPS for host hello.example.com with Secret default/certificate (ListenerSet default/hello-1 on Gateway gateways/blue): ResolvedRefs is False: TheReason: the words"},
		{"not programmed", listens(false, 1, unprogrammed), "GatewayNotProgrammed", "Programmed is False"},
		{"taken", listens(false, 1, listenerSaid("Conflicted", "True")), "HostConflict", "Conflicted is True"},
		{"outdated", listens(false, 2, missing), "", ""},
		{"nothing said", listens(false, 1), "", ""},
		{"works on the Gateway", onGateway(listens(false, 1, listenerSaid("Programmed", "True"))), "", ""},
		{"Secret missing on the Gateway", onGateway(listens(false, 1, unprogrammed, missing)), "RefsNotResolved",
			"HTTPS for host hello.example.com with Secret default/certificate (listener hello.example.com of Gateway gateways/blue): ResolvedRefs is False: TheReason: the words"},
		{"outdated on the Gateway", onGateway(listens(false, 2, missing)), "", ""},
		{"the operator's", operators(onGateway(listens(false, 1, unprogrammed))), "GatewayNotProgrammed",
			"HTTPS for host hello.example.com (listener hello.example.com of Gateway gateways/blue): Programmed is False"},
		{"waited for", listens(true, 1), "GatewayNotProgrammed", "Programmed is not True yet; until it is, requests are answered over plain HTTP"},
	} {
		t.Run(test.name, func(t *testing.T) {
			blocker := side(external, test.edit).Blocker()
			switch {
			case blocker == nil && test.reason == "":
			case blocker == nil || blocker.Reason != test.reason || !strings.Contains(blocker.Message, test.text):
				t.Errorf("Blocker %+v", blocker)
			}
		})
	}
}

// TestEveryParentCounts: B-RDY-1, a route on a Gateway and a ListenerSet is accepted if the conditions at
// both say so.
func TestEveryParentCounts(t *testing.T) {
	both := func(s *status.Side) {
		gateway := s.Entry.Gateway
		refs := []gatewayv1.ParentReference{
			{Namespace: new(gatewayv1.Namespace(gateway.Namespace)), Name: gatewayv1.ObjectName(gateway.Name)},
			{Kind: new(gatewayv1.Kind("ListenerSet")), Name: "hello-1"},
		}
		route := s.Routes[0].Object.DeepCopy()
		for _, ref := range refs {
			route.Status.Parents = append(route.Status.Parents, gatewayv1.RouteParentStatus{ParentRef: ref, Conditions: []metav1.Condition{
				{Type: "Accepted", Status: "True", ObservedGeneration: 3}, {Type: "ResolvedRefs", Status: "True", ObservedGeneration: 3},
			}})
		}
		s.Routes[0].Object, s.Routes[0].Parents = route, refs
	}
	if s := side(external, both); !s.Believed(s.Routes[0]) {
		t.Error("Both said yes, and are not believed")
	}
	for i := range 2 {
		s := side(external, both)
		s.Routes[0].Object.Status.Parents[i].Conditions[0].Status = metav1.ConditionFalse
		if blocker := s.Blocker(); blocker == nil || blocker.Reason != conditions.ReasonRouteNotAccepted {
			t.Errorf("Parent %d said no: %+v", i, blocker)
		}
		s.Routes[0].Object.Status.Parents[i].Conditions = nil
		if s.Believed(s.Routes[0]) {
			t.Errorf("Parent %d said nothing, and is believed", i)
		}
	}
}
