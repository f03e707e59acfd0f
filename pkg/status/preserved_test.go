// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// unknown is a side that serves, and of which it is not known what is wanted.
func unknown(s *status.Side) {
	*s = status.Side{Visibility: s.Visibility, Preserved: true, Refusal: reason("GatewayNotConfigured", "x", true), Version: "none"}
}

// TestPreserved: B-INS-9, if it is not known what is wanted of a side, its address, its proof and its
// advisories are not written anew. The other side goes on.
func TestPreserved(t *testing.T) {
	weak := func(s *status.Side) { s.Routes[0].Degraded = "asked through its address" }
	exposed := func(s *status.Side) { s.Exposure = "type LoadBalancer" }
	noted := facts(side(external, weak), side(local, exposed))
	noted.Advisories = []status.Advisory{{Reason: "Unsupported", Message: "x"}}
	before := status.Mark(v1alpha1.IngressStatus{}, noted).Status
	for name, now := range map[string]status.Facts{
		"both sides":        facts(side(external, unknown), side(local, unknown)),
		"the external side": facts(side(external, unknown), side(local, exposed)),
		"the local side":    facts(side(external, weak), side(local, unknown)),
	} {
		if verdict := status.Mark(before, now); !status.Equal(before, verdict.Status) || !verdict.Ready() {
			t.Errorf("%s: it writes, %v:\n%s", name, verdict.Blockers, cmp.Diff(before, verdict.Status))
		}
	}

	// What fails on the other side is reported, and Ready comes back with it.
	failing := facts(side(external, probed(answer(probe.Failed, "status 404"))), side(local, unknown))
	failing.Waited = status.GraceWhenReady
	failed := status.Mark(before, failing).Status
	if got := conditionsOf(failed)["Ready"]; len(got) < 7 || got[:7] != "Unknown" {
		t.Fatalf("Ready %s while the other side fails", got)
	}
	if diff := cmp.Diff(status.ProofsOf(before)[local], status.ProofsOf(failed)[local]); diff != "" {
		t.Errorf("The kept proof changed:\n%s", diff)
	}
	if got := conditionsOf(status.Mark(failed, facts(side(external), side(local, unknown))).Status)["Ready"]; got != "True" {
		t.Errorf("Ready %s after the cure", got)
	}
}

// TestUnserved: B-INS-3, with [] under local-gateways there is an advisory, and the KIngress is Ready by
// its external rule.
func TestUnserved(t *testing.T) {
	f := facts(side(external), status.Side{Visibility: local, Unserved: true, Refusal: reason("GatewayNotConfigured", "x", true)})
	f.Advisories = []status.Advisory{{Reason: "GatewayNotConfigured", Message: "not served: []"}}
	verdict := status.Mark(v1alpha1.IngressStatus{}, f)
	if got := conditionsOf(verdict.Status)["NetworkConfigured"]; !verdict.Ready() || got != "True GatewayNotConfigured: not served: []" {
		t.Errorf("NetworkConfigured %s", got)
	}
	if again := status.Mark(verdict.Status, f); !status.Equal(verdict.Status, again.Status) {
		t.Error("B-RDY-4: a second look writes again")
	}
}
