// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"testing"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// TestProofs: B-RDY-4, B-RDY-5, proofs are read from the object, for each side by itself, and those of
// another version or generation do not count.
func TestProofs(t *testing.T) {
	proven := status.Mark(v1alpha1.IngressStatus{}, facts(side(external), side(local))).Status
	failed := status.Mark(proven, facts(side(external, describe("Accepted", "False", 3)), side(local))).Status
	forged := *proven.DeepCopy()
	forged.Annotations[status.ProvenAnnotation] = "[]"
	tests := []struct {
		name       string
		status     v1alpha1.IngressStatus
		visibility v1alpha1.IngressVisibility
		generation int64
		version    string
		want       bool
	}{
		{"as it was reported", proven, external, 7, "v1", true},
		{"another version", proven, external, 7, "v2", false},
		{"another generation", proven, external, 8, "v1", false},
		{"a new object", v1alpha1.IngressStatus{}, external, 7, "v1", false},
		{"not served since", failed, external, 7, "v1", false},
		{"the other side is", failed, local, 7, "v1", true},
		{"another client wrote something else", forged, external, 7, "v1", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := status.ProofsOf(test.status).Of(test.visibility, test.generation, test.version); got != test.want {
				t.Errorf("Of() = %t, want %t", got, test.want)
			}
		})
	}
}

// TestPartialProof: B-RDY-6, a version that was rendered without what could not be translated is proven as such, until
// all of it is translated. A full version stays full while something else cannot be translated.
func TestPartialProof(t *testing.T) {
	lacking := facts(side(external))
	lacking.Failures = []conditions.Reasoned{conditions.Unsupported("spec", "this")}
	full := facts(side(external))
	for name, test := range map[string]struct {
		marked []status.Facts
		want   bool
	}{
		"partial":               {[]status.Facts{lacking}, true},
		"partial, then full":    {[]status.Facts{lacking, full}, false},
		"full, then a failure":  {[]status.Facts{full, lacking}, false},
		"partial and no change": {[]status.Facts{lacking, lacking}, true},
	} {
		marked := v1alpha1.IngressStatus{}
		for _, facts := range test.marked {
			marked = status.Mark(marked, facts).Status
		}
		if got := status.ProofsOf(marked)[external]; got.Version != "v1" || got.Partial != test.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestMove: B-SEL-5, B-INS-5, a Ready KIngress stays Ready with its old address until the new Gateway is
// proven; then the new address is published, with the time.
func TestMove(t *testing.T) {
	before := status.Mark(v1alpha1.IngressStatus{}, facts(side(external), side(local))).Status
	elsewhere := func(s *status.Side) { s.LoadBalancer = []v1alpha1.LoadBalancerIngressStatus{{IP: "203.0.113.1"}} }
	unproven := probed(answer(probe.Failed, "status 404"))
	moving := facts(side(external, version("v2"), leaving, held, elsewhere, unproven), side(local))

	moving.Waited, moving.SinceReport = time.Second, time.Second
	if verdict := status.Mark(before, moving); verdict.Grace == 0 || !status.Equal(verdict.Status, before) {
		t.Errorf("A move of a second is news: %s, %v", verdict.Grace, conditionsOf(verdict.Status))
	}

	moving.Waited, moving.SinceReport = status.GraceWhenReady, status.GraceWhenReady
	verdict := status.Mark(before, moving)
	got := conditionsOf(verdict.Status)
	const text = "True ProbeFailed: served as before, because: HTTPRoute default/blue.example.com on Gateway gateways/blue: probe of http://hello.example.com at 10.0.0.1:80: status 404"
	if got["Ready"] != "True" || got["NetworkConfigured"] != text || !verdict.Held {
		t.Errorf("Conditions %v", got)
	}
	if published := verdict.Status.PublicLoadBalancer.Ingress[0]; published.DomainInternal != "blue.system.svc.cluster.local" {
		t.Errorf("Published %v", published)
	}
	reworded := moving
	reworded.Sides[0].Routes[0].Report = probe.Report{Results: []probe.Result{answer(probe.Failed, "status 503")}}
	reworded.SinceReport = time.Second
	if again := status.Mark(verdict.Status, reworded); again.Grace != status.GraceBetweenReports-time.Second {
		t.Errorf("Other words a second later wait %s", again.Grace)
	}
	if !status.ProofsOf(verdict.Status).Of(external, 7, "v1") {
		t.Error("The proof of what is still served is lost")
	}

	served := facts(side(external, version("v2"), leaving, elsewhere), side(local))
	after := status.Mark(verdict.Status, served).Status
	proof := status.ProofsOf(after)[external]
	if proof.Version != "v2" || proof.Moved == nil || !proof.Moved.Equal(noon) || after.PublicLoadBalancer.Ingress[0].IP != "203.0.113.1" {
		t.Errorf("Proof %+v, published %v", proof, after.PublicLoadBalancer)
	}
	served.Now = noon.Add(time.Hour)
	if later := status.Mark(after, served).Status; !status.Equal(after, later) {
		t.Error("The time of the move is written again")
	}
}

// TestHeldIsNoExcuse: B-RDY-6, what the objects rule out is reported, even while another version is
// served.
func TestHeldIsNoExcuse(t *testing.T) {
	before := status.Mark(v1alpha1.IngressStatus{}, facts(side(external))).Status
	gone := facts(side(external, version("v2"), held, func(s *status.Side) { s.Gateway = nil }))
	if got := conditionsOf(status.Mark(before, gone).Status)["Ready"]; got == "True" {
		t.Error("Ready without a Gateway")
	}
}
