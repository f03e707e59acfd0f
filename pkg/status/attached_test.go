// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/status"
	frontends "github.com/net-gateways/net-gateways/pkg/translate/attached"
)

// TestAttachedParents: B-PTH-5, the entries of the frontend follow its parentRefs; those of other parents and
// controllers stay, in their order, and so does the time of a condition that does not change.
func TestAttachedParents(t *testing.T) {
	at := func(second int64) metav1.Time { return metav1.NewTime(time.Unix(second, 0)) }
	ref := func(name string) gatewayv1.ParentReference {
		return gatewayv1.ParentReference{Group: new(gatewayv1.Group("serving.knative.dev")), Kind: new(gatewayv1.Kind("Service")), Name: gatewayv1.ObjectName(name)}
	}
	section := ref("web")
	section.SectionName = new(gatewayv1.SectionName("blue"))
	entry := func(controller gatewayv1.GatewayController, ref gatewayv1.ParentReference) gatewayv1.RouteParentStatus {
		return gatewayv1.RouteParentStatus{ControllerName: controller, ParentRef: ref}
	}
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Generation: 2}}
	others := []gatewayv1.RouteParentStatus{entry("other", ref("web")), entry(frontends.ControllerName, ref("api"))}
	route.Status.Parents = append(others, entry(frontends.ControllerName, section))
	facts := status.AttachedFacts{Generation: 2, Now: at(1), Frontend: frontends.Frontend{Namespace: "shop", Kind: "Service", Name: "web"}, Refs: []gatewayv1.ParentReference{ref("web"), section}}
	facts.Dropped = []frontends.Problem{{Reason: gatewayv1.RouteReasonUnsupportedValue, Detail: "Dropped Rule [1]: why"}}

	condition := func(kind, value, reason, message string) metav1.Condition {
		return metav1.Condition{Type: kind, Status: metav1.ConditionStatus(value), Reason: reason, Message: message, ObservedGeneration: 2, LastTransitionTime: at(1)}
	}
	refused := entry(frontends.ControllerName, section)
	refused.Conditions = []metav1.Condition{
		condition("Accepted", "False", "NoMatchingParent", "a parentRef to a Knative object has neither sectionName nor port"), condition("ResolvedRefs", "True", "ResolvedRefs", ""),
		condition("net-gateways.github.io/Served", "False", "NoMatchingParent", "nothing of it is served: see Accepted"),
	}
	accepted := entry(frontends.ControllerName, ref("web"))
	accepted.Conditions = []metav1.Condition{
		condition("Accepted", "True", "Accepted", ""), condition("ResolvedRefs", "True", "ResolvedRefs", ""), condition("PartiallyInvalid", "True", "UnsupportedValue", "Dropped Rule [1]: why"),
		condition("net-gateways.github.io/Served", "Unknown", "Pending", "the Gateway of the parent is not known: see the conditions of the parent"),
	}
	want := append(append([]gatewayv1.RouteParentStatus{}, others...), refused, accepted)
	got := facts.Parents(route)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parents (-want, +got):\n%s", diff)
	}

	route.Status.Parents, facts.Now, facts.Dropped = got, at(2), nil
	want[3].Conditions = append(want[3].Conditions[:2:2], want[3].Conditions[3])
	if diff := cmp.Diff(want, facts.Parents(route)); diff != "" {
		t.Errorf("Parents later (-want, +got):\n%s", diff)
	}
	facts.Refs = nil
	if diff := cmp.Diff(others, facts.Parents(route)); diff != "" {
		t.Errorf("Parents without parentRefs (-want, +got):\n%s", diff)
	}
}

// TestAttachedUnresolved: B-PTH-5, a route of which no backend exists is accepted, and served by nothing but 500.
func TestAttachedUnresolved(t *testing.T) {
	route := &gatewayv1.HTTPRoute{}
	facts := status.AttachedFacts{Frontend: frontends.Frontend{Kind: "Service", Name: "web"}}
	facts.Refs = []gatewayv1.ParentReference{{Group: new(gatewayv1.Group("serving.knative.dev")), Kind: new(gatewayv1.Kind("Service")), Name: "web"}}
	facts.Unresolved = []frontends.Problem{{Reason: gatewayv1.RouteReasonBackendNotFound, Detail: "it does not exist"}}
	got := []string{}
	for _, condition := range facts.Parents(route)[0].Conditions {
		got = append(got, condition.Type+" "+string(condition.Status)+" "+condition.Reason+" "+condition.Message)
	}
	want := []string{"Accepted True Accepted ", "ResolvedRefs False BackendNotFound it does not exist", "net-gateways.github.io/Served False BackendNotFound all requests are answered 500: see ResolvedRefs"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
