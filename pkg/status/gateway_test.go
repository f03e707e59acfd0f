// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

func because(kind string, value metav1.ConditionStatus, reason string) edit {
	return func(s *status.Side) {
		gatewaySaid(kind, value, 2)(s)
		for i := range s.Gateway.Status.Conditions {
			if s.Gateway.Status.Conditions[i].Type == kind {
				s.Gateway.Status.Conditions[i].Reason = reason
			}
		}
	}
}

func silent(s *status.Side) { s.Gateway.Status.Conditions = nil }

func alive(s *status.Side) { s.Liveness = status.Liveness{Asked: true} }
func dead(s *status.Side) {
	s.Liveness = status.Liveness{Asked: true, Dead: "nothing answers at 10.0.0.1:80"}
}

// TestWithoutLoadBalancer: B-RDY-7, whatever the reason of Programmed=False is, the answers of the
// proxies decide. Without the expected answer, the condition of the Gateway is reported besides the
// failure of the probe.
func TestWithoutLoadBalancer(t *testing.T) {
	const (
		blue       = "external-gateways[0] (gateways/blue)"
		words      = "Unknown GatewayNotProgrammed: Gateway gateways/blue: Programmed is False: AddressNotAssigned: the words"
		route      = "HTTPRoute default/blue.example.com"
		set        = "; Gateway gateways/blue publishes no address and its Service was not found: set `service` of " + blue + " in ConfigMap config-gateway"
		unreported = "Unknown GatewayNotProgrammed: Gateway gateways/blue has no condition Accepted yet: is the controller of GatewayClass envoy running?"
	)
	pending := because("Programmed", "False", "AddressNotAssigned")
	notFound := probed(answer(probe.Failed, "status 404"))
	unasked := func(s *status.Side) { s.Routes[0].Unasked = "no address to ask" }
	degraded := func(s *status.Side) { s.Routes[0].Degraded = "10.0.0.1:80 answers 401; using the Gateway's status" }
	second := func(s *status.Side) {
		acme := s.Routes[0]
		acme.ByStatus, acme.Report = true, probe.Report{}
		s.Routes = append(s.Routes, acme)
	}
	believed := func(s *status.Side) {
		describe("Accepted", "True", 3)(s)
		describe("ResolvedRefs", "True", 3)(s)
	}
	tests := []struct {
		name string
		side status.Side
		want string
	}{
		{"an address is not assigned", side(external, pending), "True"},
		{"another reason", side(external, because("Programmed", "False", "Invalid")), "True"},
		{"it does not know", side(external, gatewaySaid("Programmed", "Unknown", 2)), "True"},
		{"it says nothing", side(external, silent), "True"},
		{"it was not accepted in an older form", side(external, gatewaySaid("Accepted", "False", 1)), "True"},
		{"it is not accepted", side(external, gatewaySaid("Accepted", "False", 2)), "Unknown GatewayNotProgrammed: Gateway gateways/blue: Accepted is False: TheReason: the words"},
		{"no proxy answers", side(external, pending, notFound), words + "; " + route + " on Gateway gateways/blue: probe of http://hello.example.com at 10.0.0.1:80: status 404"},
		{"no controller has reported and no proxy answers", side(external, silent, notFound), unreported + "; " + route + " on Gateway gateways/blue: probe of http://hello.example.com at 10.0.0.1:80: status 404"},
		{"no address to probe", side(external, pending, probed(), unasked, noAddress), words + "; " + route + ": no address to ask" + set},
		{"its word is all there is", side(external, pending, byStatus, believed), words},
		{"and there is no Service", side(external, pending, byStatus, believed, noAddress), words + set},
		{"something asks for credentials", side(external, pending, byStatus, believed, degraded), words + "; 10.0.0.1:80 answers 401; using the Gateway's status"},
		{"its word is all there is about a second route", side(external, pending, believed, second), "True"},
		{"and is missing", side(external, pending, second), "Unknown RouteNotAccepted: " + route + " on Gateway gateways/blue has no condition Accepted for its present generation yet: is the controller of GatewayClass envoy running?"},
		{"the route is not accepted, which says more", side(external, pending, notFound, describe("Accepted", "False", 3)), "False RouteNotAccepted: " + route + " on Gateway gateways/blue: Accepted is False: TheReason: the words"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			verdict := status.Mark(v1alpha1.IngressStatus{}, facts(test.side))
			if diff := cmp.Diff(test.want, conditionsOf(verdict.Status)["Ready"]); diff != "" {
				t.Error(diff)
			}
			if published := verdict.Status.PublicLoadBalancer != nil; published != (test.want == "True") {
				t.Errorf("Published: %t", published)
			}
			if blocker := test.side.Blocker(); blocker != nil && len(test.side.Routes[0].Report.Results) > 0 && test.side.Decision() == nil && blocker.Certainty != status.Unanswered {
				t.Error("What is being asked is decided")
			}
		})
	}
}

// TestRemark: B-RDY-7, the negative condition of a Gateway whose data plane answers is in no condition of
// the KIngress.
func TestRemark(t *testing.T) {
	verdict := status.Mark(v1alpha1.IngressStatus{}, facts(side(external, because("Programmed", "False", "AddressNotAssigned")), side(local)))
	if diff := cmp.Diff(ready, conditionsOf(verdict.Status)); diff != "" {
		t.Error(diff)
	}
	want := []status.Advisory{{Reason: "GatewayNotProgrammed", Message: "Gateway gateways/blue: Programmed is False: AddressNotAssigned: the words; its data plane answers"}}
	if diff := cmp.Diff(want, verdict.Remarks); diff != "" {
		t.Error(diff)
	}
	if unproven := status.Mark(v1alpha1.IngressStatus{}, facts(side(external, because("Programmed", "False", "Pending"), probed()))); len(unproven.Remarks) > 0 {
		t.Errorf("Remarks %v beside the condition that says it", unproven.Remarks)
	}
}

// TestComplaintTakesNoReady: B-RDY-8, a negative or missing condition of a Gateway does not take Ready
// away while its data plane answers, nor while that is not known; it does when the data plane has not
// answered for long enough. If the Gateway's status is the proof, it decides.
func TestComplaintTakesNoReady(t *testing.T) {
	before := status.Mark(v1alpha1.IngressStatus{}, facts(side(external), side(local))).Status
	const dies = "; nothing answers at 10.0.0.1:80"
	tests := []struct {
		name     string
		edits    []edit
		complain edit
		want     string
	}{
		{"its address is withdrawn", []edit{alive}, because("Programmed", "False", "AddressNotAssigned"), "True"},
		{"it does not know", []edit{alive}, gatewaySaid("Programmed", "Unknown", 2), "True"},
		{"it says nothing any more", []edit{alive}, silent, "True"},
		{"its data plane is dead", []edit{dead}, because("Programmed", "False", "AddressNotAssigned"), "Unknown GatewayNotProgrammed: Gateway gateways/blue: Programmed is False: AddressNotAssigned: the words" + dies},
		{"silent and dead", []edit{dead}, silent, "Unknown GatewayNotProgrammed: Gateway gateways/blue has no condition Accepted yet: is the controller of GatewayClass envoy running?" + dies},
		{"the complaint has ended", []edit{dead}, func(*status.Side) {}, "True"},
		{"its word is the proof", nil, because("Programmed", "False", "AddressNotAssigned"), "Unknown GatewayNotProgrammed: Gateway gateways/blue: Programmed is False: AddressNotAssigned: the words"},
		{"it is not accepted", []edit{alive}, gatewaySaid("Accepted", "False", 2), "Unknown GatewayNotProgrammed: Gateway gateways/blue: Accepted is False: TheReason: the words"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := facts(side(external, append([]edit{settled, test.complain}, test.edits...)...), side(local, settled))
			if len(test.edits) > 0 && test.want != "True" && f.Sides[0].Decision() == nil {
				f.Waited, f.SinceReport = 0, 0 // the data plane was waited for already
			}
			after := status.Mark(before, f)
			if diff := cmp.Diff(test.want, conditionsOf(after.Status)["Ready"]); diff != "" {
				t.Error(diff)
			}
			if test.want == "True" && !status.Equal(before, after.Status) {
				t.Errorf("The complaint was written:\n%s", cmp.Diff(before, after.Status))
			}
			if kept := status.ProofsOf(after.Status).Of(external, 7, "v1"); kept != (test.want == "True") {
				t.Errorf("The proof is kept: %t", kept)
			}
		})
	}
}
