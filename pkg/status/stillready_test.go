// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/status"
)

// unclassed is a side whose GatewayClass is not known, of a KIngress that was Ready.
func unclassed(s *status.Side) {
	s.NoClass, s.ReportedReady, s.Routes, s.Version = reason("GatewayNotFound", "GatewayClass envoy does not exist", false), true, nil, "nothing rendered"
}

// TestStillReady: B-INS-9, while it is not known what a GatewayClass can do, the status stays, with
// advisories and proofs; other faults are reported.
func TestStillReady(t *testing.T) {
	was := facts(side(external), side(local))
	was.Advisories = []status.Advisory{{Reason: "Unsupported", Message: "a note"}}
	old := status.Mark(v1alpha1.IngressStatus{}, was).Status
	verdict := status.Mark(old, facts(side(external, unclassed), side(local)))
	if diff := cmp.Diff(old, verdict.Status); diff != "" || verdict.Grace != 0 {
		t.Errorf("grace %s; (-want, +got):\n%s", verdict.Grace, diff)
	}
	refused := status.Mark(old, facts(side(external, unclassed, gatewaySaid("Accepted", "False", 2)), side(local)))
	const want = "GatewayNotProgrammed"
	if ready := refused.Status.GetCondition("Ready"); ready.IsTrue() || ready.Reason != want {
		t.Errorf("Ready is %v, want %s", ready, want)
	}
	waits := facts(side(external, unclassed, func(s *status.Side) { s.ReportedReady = false }), side(local))
	waiting := status.Mark(v1alpha1.IngressStatus{}, waits)
	if ready := waiting.Status.GetCondition("Ready"); !ready.IsUnknown() || ready.Reason != "GatewayNotFound" {
		t.Errorf("Ready is %v", ready)
	}
}
