// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/status"
)

const (
	istio   gatewayv1.GatewayController = "istio.io/gateway-controller"
	traefik gatewayv1.GatewayController = "traefik.io/gateway-controller"
)

func class(controller gatewayv1.GatewayController) edit {
	return func(s *status.Side) { s.Controller = controller }
}

// wrote is a condition by a controller for the route at the side's Gateway, or at a section of it.
func wrote(controller gatewayv1.GatewayController, section gatewayv1.SectionName, accepted metav1.ConditionStatus) edit {
	return func(s *status.Side) {
		ref := gatewayv1.ParentReference{Namespace: new(gatewayv1.Namespace(s.Entry.Gateway.Namespace)), Name: gatewayv1.ObjectName(s.Entry.Gateway.Name)}
		if section != "" {
			ref.SectionName = &section
		}
		route := s.Routes[0].Object.DeepCopy()
		route.Status.Parents = append(route.Status.Parents, gatewayv1.RouteParentStatus{ParentRef: ref, ControllerName: controller, Conditions: []metav1.Condition{
			{Type: "Accepted", Status: accepted, Reason: "TheReason", ObservedGeneration: route.Generation},
			{Type: "ResolvedRefs", Status: "True", ObservedGeneration: route.Generation},
		}})
		s.Routes[0].Object = route
	}
}

// TestWhoWroteIt: B-RDY-6, B-RDY-8, only conditions by the controller of the Gateway's class count, and
// those for another section do not count for this reference.
func TestWhoWroteIt(t *testing.T) {
	tests := []struct {
		name  string
		edits []edit
		want  string
	}{
		{"another controller's no comes first", []edit{class(istio), wrote(traefik, "", "False"), wrote(istio, "", "True")}, ""},
		{"another controller's yes comes first", []edit{class(istio), wrote(traefik, "", "True"), wrote(istio, "", "False")}, conditions.ReasonRouteNotAccepted},
		{"only another controller reports False", []edit{class(istio), wrote(traefik, "", "False")}, ""},
		{"and its yes alone proves nothing", []edit{class(istio), byStatus, wrote(traefik, "", "True")}, conditions.ReasonRouteNotAccepted},
		{"the class is not known", []edit{wrote(traefik, "", "False")}, conditions.ReasonRouteNotAccepted},
		{"a section to which another client attached it", []edit{class(istio), wrote(istio, "admin", "False"), wrote(istio, "", "True")}, ""},
		{"a gateway that speaks of sections only", []edit{class(istio), wrote(istio, "http", "False")}, conditions.ReasonRouteNotAccepted},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if blocker := side(v1alpha1.IngressVisibilityExternalIP, test.edits...).Blocker(); blocker != nil {
				got = blocker.Reason
			}
			if got != test.want {
				t.Errorf("Blocker %q, want %q", got, test.want)
			}
		})
	}
}

// TestOutrankedListenerSet: B-RDY-6, B-RDY-10, gateways with listener isolation say of a ListenerSet that
// no hostname is left for it while a listener elsewhere has the hosts of the route; that is no refusal.
func TestOutrankedListenerSet(t *testing.T) {
	const noHostname = "NoMatchingListenerHostname"
	tests := []struct {
		name        string
		own, shared string // the reason for which it is not accepted; empty where it is
		want        string
	}{
		{"the host's own has it", "", noHostname, ""},
		{"the shared one has it", noHostname, "", ""},
		{"neither has it", noHostname, noHostname, conditions.ReasonRouteNotAccepted},
		{"another reason", "", "NotAllowedByListeners", conditions.ReasonRouteNotAccepted},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			blocker := side(external, attached("own", test.own), attached("shared", test.shared)).Blocker()
			if got := reasonOf(blocker); got != test.want {
				t.Errorf("Blocker %q, want %q", got, test.want)
			}
			believed := side(external, byStatus, attached("own", test.own), attached("shared", test.shared))
			if got, want := believed.Believed(believed.Routes[0]), test.want == ""; got != want {
				t.Errorf("Believed %t, want %t", got, want)
			}
		})
	}
	for _, test := range []struct {
		accepted metav1.ConditionStatus
		want     string
	}{{"True", ""}, {"False", conditions.ReasonRouteNotAccepted}} {
		if got := reasonOf(side(external, attachedToGateway, wrote("", "", test.accepted), attached("only", noHostname)).Blocker()); got != test.want {
			t.Errorf("With the Gateway, which says %s, and one ListenerSet: blocker %q, want %q", test.accepted, got, test.want)
		}
	}
}

// attachedToGateway has the route attached to the side's Gateway itself.
func attachedToGateway(s *status.Side) {
	s.Routes[0].Parents = append(s.Routes[0].Parents, gatewayv1.ParentReference{
		Namespace: new(gatewayv1.Namespace(s.Entry.Gateway.Namespace)), Name: gatewayv1.ObjectName(s.Entry.Gateway.Name)})
}

// attached has the route attached to a ListenerSet, which does not accept it for a reason, if there is one.
func attached(set, reason string) edit {
	return func(s *status.Side) {
		ref := gatewayv1.ParentReference{Kind: new(gatewayv1.Kind("ListenerSet")), Name: gatewayv1.ObjectName(set)}
		accepted := metav1.Condition{Type: "Accepted", Status: "True", Reason: "Accepted", ObservedGeneration: 3}
		if reason != "" {
			accepted.Status, accepted.Reason = "False", reason
		}
		route := s.Routes[0].Object.DeepCopy()
		route.Status.Parents = append(route.Status.Parents, gatewayv1.RouteParentStatus{ParentRef: ref, Conditions: []metav1.Condition{
			accepted, {Type: "ResolvedRefs", Status: "True", ObservedGeneration: 3},
		}})
		s.Routes[0].Object, s.Routes[0].Parents = route, append(s.Routes[0].Parents, ref)
	}
}

func reasonOf(blocker *status.Blocker) string {
	if blocker == nil {
		return ""
	}
	return blocker.Reason
}
