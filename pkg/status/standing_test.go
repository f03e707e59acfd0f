// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// B-OPS-6: each side of a KIngress is counted at its Gateway, with what its own condition says.
func TestStandings(t *testing.T) {
	blue, inner := types.NamespacedName{Namespace: "gateways", Name: "blue"}, types.NamespacedName{Namespace: "gateways", Name: "inner"}
	at := func(state status.StandingState, reason string, newly bool) status.Standing {
		return status.Standing{Visibility: external, Gateway: blue, State: state, Reason: reason, NewlyProven: newly}
	}
	innerReady := status.Standing{Visibility: local, Gateway: inner, State: status.StandingReady}
	innerNew := innerReady
	innerNew.NewlyProven = true
	unserved := probed(answer(probe.Failed, "status 404"))
	for name, c := range map[string]struct {
		facts status.Facts
		old   v1alpha1.IngressStatus
		want  []status.Standing
	}{
		"served for the first time": {facts: facts(side(external), side(local)), want: []status.Standing{at(status.StandingReady, "", true), innerNew}},
		"served as before":          {facts: facts(side(external, settled)), old: marked(facts(side(external))), want: []status.Standing{at(status.StandingReady, "", false)}},
		"a new version":             {facts: facts(side(external, version("v2"))), old: marked(facts(side(external))), want: []status.Standing{at(status.StandingReady, "", true)}},
		"one side waits":            {facts: facts(side(external, unserved), side(local)), want: []status.Standing{at(status.StandingWaiting, "ProbeFailed", false), innerReady}},
		"no hosts at a side":        {facts: facts(side(external), side(local, notNeeded)), want: []status.Standing{at(status.StandingReady, "", true)}},
		"a host of another": {
			facts: withFailures(facts(side(external), side(local)), reason(conditions.ReasonHostConflict, "older", true)),
			want:  []status.Standing{at(status.StandingFailed, "HostConflict", false), {Visibility: local, Gateway: inner, State: status.StandingFailed, Reason: "HostConflict"}},
		},
		"it has gaps": {
			facts: func() status.Facts {
				f := facts(side(external))
				f.Advisories = []status.Advisory{{Reason: conditions.ReasonUnsupported, Message: "no timeouts"}}
				return f
			}(),
			want: []status.Standing{at(status.StandingDegraded, "Unsupported", true)},
		},
		"a weaker proof": {
			facts: facts(side(external, func(s *status.Side) { s.Routes[0].Degraded = "data plane refuses; using the Gateway's addresses" })),
			want:  []status.Standing{at(status.StandingDegraded, "ProbeDegraded", true)},
		},
		"moving": {facts: facts(side(external, leaving)), want: []status.Standing{{Visibility: external, Gateway: blue, State: status.StandingReady, Moving: true, NewlyProven: true}}},
		"no Gateway": {
			facts: facts(side(external, func(s *status.Side) {
				s.Entry.Gateway, s.Gateway, s.Refusal = types.NamespacedName{}, nil, reason(conditions.ReasonGatewayNotConfigured, "none", true)
			})),
			want: []status.Standing{{Visibility: external, State: status.StandingFailed, Reason: "GatewayNotConfigured"}},
		},
		"nothing could be read, and it was proven": {
			facts: status.Facts{Generation: 8, Unexpected: errors.New("down"), Unobserved: true}, old: marked(facts(side(external))),
			want: []status.Standing{at(status.StandingWaiting, "ReconcileFailed", false)},
		},
		"nothing could be read": {
			facts: status.Facts{Generation: 1, Unexpected: errors.New("down"), Unobserved: true},
			want:  []status.Standing{{Visibility: external, State: status.StandingWaiting, Reason: "ReconcileFailed"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.facts.Standings(c.old, status.Mark(c.old, c.facts))); diff != "" {
				t.Errorf("(-want, +got)\n%s", diff)
			}
		})
	}
}

// marked is the status after these facts.
func marked(f status.Facts) v1alpha1.IngressStatus {
	return status.Mark(v1alpha1.IngressStatus{}, f).Status
}
