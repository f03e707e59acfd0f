// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"strings"
	"testing"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// former is a side whose generation was proven in another version.
func former(s *status.Side) { s.Version, s.Former = "v2", true }

// failing is a failure that began so long ago.
func failing(kind probe.Kind, ago time.Duration) edit {
	result := answer(probe.Failed, "status 404")
	result.Kind, result.Asked = kind, noon
	if kind != probe.FormerVersion {
		result.UnservedSince = noon.Add(-ago)
	}
	return probed(result)
}

// TestAnswersAsBefore: B-RDY-10, another rendering of an unchanged generation does not take Ready away
// while the former one answers. The last 15 s decide, and so does a negative condition of the gateway.
func TestAnswersAsBefore(t *testing.T) {
	before := status.Mark(v1alpha1.IngressStatus{}, facts(side(external), side(local))).Status
	served := failing(probe.FormerVersion, time.Hour)
	lost := failing(probe.NotServed, status.GraceWhenReady)
	const day = 24 * time.Hour
	tests := []struct {
		name   string
		edits  []edit
		waited time.Duration
		ready  string // what is reported then
		wait   time.Duration
	}{
		{"the former version answers", []edit{former, served}, time.Minute, "True", status.GraceWhenServed - time.Minute},
		{"and goes on", []edit{former, served}, day, "True", 0},
		{"it was not asked yet", []edit{former, probed(answer(probe.Pending, ""))}, time.Minute, "True", status.GraceWhenServed - time.Minute},
		{"neither answers for a moment", []edit{former, failing(probe.NoAnswer, time.Second)}, time.Minute, "True", status.GraceWhenReady - time.Second},
		{"neither has answered", []edit{former, lost}, status.GraceWhenReady, "Unknown", 0},
		{"neither answers any more", []edit{former, lost}, day, "Unknown", 0},
		{"neither has answered since the change", []edit{former, lost}, time.Second, "True", status.GraceWhenReady - time.Second},
		{"no address can be probed", []edit{former, served, func(s *status.Side) { s.Routes[0].Unasked = "no listener" }}, time.Second, "True", status.GraceWhenReady - time.Second},
		{"no address could be probed for 15 s", []edit{former, served, func(s *status.Side) { s.Routes[0].Unasked = "no listener" }}, status.GraceWhenReady, "Unknown", 0},
		{"new backends are warmed meanwhile", []edit{former, lost, func(s *status.Side) { s.Routes[0].Stays, s.Routes[0].Warming = true, []string{"b:80"} }}, time.Minute, "True", status.GraceWhenServed - time.Minute},
		{"the gateway's word about the former version is all there is", []edit{former, byStatus, describe("Accepted", "True", 2), describe("ResolvedRefs", "True", 2)}, time.Minute, "True", status.GraceWhenServed - time.Minute},
		{"and it was a no", []edit{former, byStatus, describe("Accepted", "False", 2), describe("ResolvedRefs", "True", 2)}, time.Minute, "Unknown", 0},
		{"the proven version is back, and the gateway has said yes to another", []edit{settled, byStatus, describe("Accepted", "True", 2), describe("ResolvedRefs", "True", 2)}, day, "True", 0},
		{"and it had said no", []edit{settled, byStatus, describe("Accepted", "False", 2), describe("ResolvedRefs", "True", 2)}, day, "Unknown", 0},
		{"and it says no", []edit{settled, byStatus, describe("Accepted", "False", 3), describe("ResolvedRefs", "True", 3)}, day, "False", 0},
		{"the gateway says no to the new rendering", []edit{former, served, describe("Accepted", "False", 3)}, time.Minute, "False", 0},
		{"this generation was never proven", []edit{version("v2"), served}, status.GraceWhenReady, "Unknown", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			now := facts(side(external, test.edits...), side(local))
			now.Waited, now.SinceReport, now.Refused = test.waited, test.waited, test.waited
			verdict := status.Mark(before, now)
			if got := conditionsOf(verdict.Status)["Ready"]; verdict.Grace != test.wait || !strings.HasPrefix(got, test.ready) {
				t.Errorf("Ready %s after %s, want %s after %s", got, verdict.Grace, test.ready, test.wait)
			}
			if test.ready == "True" && !status.ProofsOf(verdict.Status).Of(external, 7, "v1") {
				t.Error("The proof of what is still served is lost")
			}
		})
	}
}

// TestRefusedWhileProgressing: B-RDY-4, a gateway that is late with its statuses may report a negative
// condition from before the proof. It counts only once it has lasted itself, however long the route has
// waited.
func TestRefusedWhileProgressing(t *testing.T) {
	refused := facts(side(external, describe("ResolvedRefs", "False", 3)))
	refused.Progressing, refused.Waited, refused.SinceReport = true, time.Minute, time.Minute
	for said, want := range map[time.Duration]time.Duration{0: status.GraceBeforeReport, time.Second: status.GraceBeforeReport - time.Second, status.GraceBeforeReport: 0} {
		refused.Refused = said
		if got := status.Mark(v1alpha1.IngressStatus{}, refused).Grace; got != want {
			t.Errorf("Grace %s after %s of no, want %s", got, said, want)
		}
	}
}
