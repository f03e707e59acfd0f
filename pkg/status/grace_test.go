// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"pgregory.net/rapid"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// resting are the facts of a Gateway whose controller reports with its own reason that it has no proxies.
func resting(controller gatewayv1.GatewayController, reason string) status.Facts {
	return facts(side(external, settled, class(controller), because("Programmed", metav1.ConditionFalse, reason)))
}

// TestGrace: B-RDY-4, a missing answer is not reported for a while, which is longer for a Ready KIngress;
// a certain blocker is reported at once.
func TestGrace(t *testing.T) {
	wasReady := status.Mark(v1alpha1.IngressStatus{}, facts(side(external))).Status
	waits := facts(side(external, probed(answer(probe.Failed, "status 404"))))
	wasWaiting := status.Mark(v1alpha1.IngressStatus{}, waits).Status
	refused := facts(side(external, describe("Accepted", "False", 3)))
	conflict := withFailures(facts(side(external)), reason("HostConflict", "taken", true))
	newGeneration := facts(side(external, probed(answer(probe.Pending, ""))))
	newGeneration.Generation = 8
	const envoy = "gateway.envoyproxy.io/gatewayclass-controller"
	unprogrammed := facts(side(external, byStatus, gatewaySaid("Programmed", metav1.ConditionFalse, 1)))
	busy := waits
	busy.Progressing = true
	tests := []struct {
		name   string
		old    v1alpha1.IngressStatus
		facts  status.Facts
		waited time.Duration // since the version is waited for, and since its last report
		want   time.Duration
	}{
		{"a new one waits", v1alpha1.IngressStatus{}, waits, 0, status.GraceBeforeReport},
		{"the rest of it", v1alpha1.IngressStatus{}, waits, status.GraceBeforeReport - time.Second, time.Second},
		{"until it is over", v1alpha1.IngressStatus{}, waits, status.GraceBeforeReport, 0},
		{"in a burst it waits for its turn", v1alpha1.IngressStatus{}, busy, status.GraceBeforeReport, 2 * time.Second},
		{"and is looked at less and less often", v1alpha1.IngressStatus{}, busy, time.Minute, 12 * time.Second},
		{"five minutes at most", v1alpha1.IngressStatus{}, busy, status.GraceWhileProgressing, 0},
		{"a Ready one has no turn to wait for", wasReady, busy, status.GraceWhenReady, 0},
		{"a Ready one waits longer", wasReady, waits, status.GraceBeforeReport, status.GraceWhenReady - status.GraceBeforeReport},
		{"but not endlessly", wasReady, waits, status.GraceWhenReady, 0},
		{"Ready of an older generation is not Ready", wasReady, newGeneration, status.GraceBeforeReport, 0},
		{"what is reported already is not reported in other words for a while", wasWaiting, waits, status.GraceBeforeReport, status.GraceOfSameReason - status.GraceBeforeReport},
		{"for a shorter while with another reason", wasWaiting, unprogrammed, status.GraceBeforeReport, status.GraceBetweenReports - status.GraceBeforeReport},
		{"a gateway's no is news sooner", wasWaiting, refused, time.Second, status.GraceBeforeReport - time.Second},
		{"a gateway's no about a Ready one may be from before the proof", wasReady, refused, time.Second, status.GraceBeforeReport - time.Second},
		{"and takes Ready when it stays", wasReady, refused, status.GraceBeforeReport, 0},
		{"but that its proxies are away may pass", wasReady, resting(envoy, "NoResources"), time.Second, status.GraceWhenReady - time.Second},
		{"in the words of Istio, too", wasReady, resting(istio, "AddressNotAssigned"), time.Second, status.GraceWhenReady - time.Second},
		{"which say something else where another uses them", wasReady, resting(envoy, "AddressNotAssigned"), time.Second, status.GraceBeforeReport - time.Second},
		{"about a new one it may pass", v1alpha1.IngressStatus{}, refused, 0, status.GraceBeforeReport},
		{"what objects say is said at once", v1alpha1.IngressStatus{}, conflict, 0, 0},
		{"good news is said at once", wasWaiting, facts(side(external)), 0, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.facts.Waited, test.facts.SinceReport, test.facts.Refused = test.waited, test.waited, test.waited
			before := test.old.DeepCopy()
			verdict := status.Mark(test.old, test.facts)
			if verdict.Grace != test.want {
				t.Errorf("Grace %s, want %s", verdict.Grace, test.want)
			}
			if test.want > 0 && !status.Equal(verdict.Status, test.old) {
				t.Error("The status changed within the grace")
			}
			if diff := cmp.Diff(*before, test.old); diff != "" {
				t.Errorf("The input was changed:\n%s", diff)
			}
		})
	}
}

// TestReportsGrowRare: B-RDY-4, probes that answer otherwise each second are written less and less often, and never more
// seldom than every five minutes; another reason is news after ten seconds.
func TestReportsGrowRare(t *testing.T) {
	answers := []string{"no answer within 1s", "no connection within 1s", "status 503"}
	current, reported, written := v1alpha1.IngressStatus{}, 0, []int{}
	for second := range 1500 {
		f := facts(side(external, probed(answer(probe.Failed, answers[second%len(answers)]))))
		f.Waited, f.SinceReport = time.Duration(second)*time.Second, time.Duration(second-reported)*time.Second
		verdict := status.Mark(current, f)
		if verdict.Grace == 0 && !status.Equal(verdict.Status, current) {
			current, reported, written = verdict.Status, second, append(written, second)
		}
	}
	if diff := cmp.Diff([]int{5, 36, 73, 146, 292, 584, 885, 1186, 1487}, written); diff != "" {
		t.Errorf("Written after so many seconds:\n%s", diff)
	}
}

// TestMarkSettles: B-RDY-4, for any history, reporting the same facts twice changes nothing, a KIngress
// is Ready if and only if there is no blocker, and a load balancer has one entry.
func TestMarkSettles(t *testing.T) {
	edits := []edit{
		func(*status.Side) {}, notNeeded, noAddress, byStatus, describe("Accepted", "False", 3), describe("ResolvedRefs", "False", 3), describe("Accepted", "True", 3),
		probed(answer(probe.Failed, "status 404")), probed(answer(probe.Pending, "")), gatewaySaid("Programmed", metav1.ConditionFalse, 2), gatewaySaid("Programmed", metav1.ConditionFalse, 1),
		func(s *status.Side) { s.Refusal = reason("GatewayNotConfigured", "write this", true) },
		leaving, held, version("v2"),
		func(s *status.Side) { s.Exposure = "Service is of type LoadBalancer" },
	}
	failures := []conditions.Reasoned{reason("HostConflict", "taken", true), reason("RefsNotResolved", "no port", false), reason("NotOwned", "foreign", true)}
	rapid.Check(t, func(t *rapid.T) {
		current := v1alpha1.IngressStatus{}
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			f := facts(side(external, rapid.SampledFrom(edits).Draw(t, "external")), side(local, rapid.SampledFrom(edits).Draw(t, "local")))
			f.Generation = rapid.Int64Range(1, 2).Draw(t, "generation")
			f.Waited = rapid.SampledFrom([]time.Duration{0, time.Hour}).Draw(t, "waited")
			f.SinceReport, f.Refused = f.Waited, f.Waited
			f.Failures = rapid.SliceOfN(rapid.SampledFrom(failures), 0, 2).Draw(t, "failures")
			verdict := status.Mark(current, f)
			if again := status.Mark(verdict.Status, f); !status.Equal(verdict.Status, again.Status) {
				t.Fatalf("Not settled:\n%s", cmp.Diff(verdict.Status, again.Status))
			}
			current = verdict.Status
			if verdict.Grace > 0 {
				continue
			}
			if verdict.Ready() != current.GetCondition(v1alpha1.IngressConditionReady).IsTrue() {
				t.Fatalf("Blockers %v, and Ready is %s", verdict.Blockers, current.GetCondition(v1alpha1.IngressConditionReady).Status)
			}
			for _, published := range []*v1alpha1.LoadBalancerStatus{current.PublicLoadBalancer, current.PrivateLoadBalancer} {
				if published != nil && len(published.Ingress) != 1 {
					t.Fatalf("Published %v", published.Ingress)
				}
			}
		}
	})
}
