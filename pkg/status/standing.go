// SPDX-License-Identifier: Apache-2.0

package status

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// StandingState is how one side of a KIngress stands.
type StandingState string

const (
	// StandingReady: it is reported as Ready, without a note.
	StandingReady StandingState = "ready"
	// StandingDegraded: it is reported as Ready, and there is something to say about it.
	StandingDegraded StandingState = "degraded"
	// StandingWaiting: Ready is Unknown, or will be.
	StandingWaiting StandingState = "waiting"
	// StandingFailed: Ready is False, until an object is changed.
	StandingFailed StandingState = "failed"
)

// Standing is how one side of a KIngress stands at its Gateway, to be counted.
type Standing struct {
	Visibility v1alpha1.IngressVisibility
	// Gateway is the selected one; empty if none is.
	Gateway types.NamespacedName
	State   StandingState
	// Reason is that of the condition; empty for StandingReady.
	Reason string
	// Moving tells that it is still attached to another Gateway.
	Moving bool
	// NewlyProven tells that this status is the first to report the present version as Ready.
	NewlyProven bool
}

// Standings are those of the sides that have hosts. What concerns the KIngress as a whole is the reason of a side that has
// none of its own.
func (f Facts) Standings(old v1alpha1.IngressStatus, verdict Verdict) []Standing {
	ready := IsSettled(verdict.Status, f.Generation)
	before, now := ProofsOf(old), ProofsOf(verdict.Status)
	if len(f.Sides) == 0 {
		return f.unobserved(before, ready)
	}
	found := make([]Standing, 0, len(f.Sides))
	for _, side := range f.Sides {
		if !side.Needed && !side.Preserved {
			continue
		}
		standing := Standing{Visibility: side.Visibility, Gateway: side.Entry.Gateway, Moving: side.Leaving}
		if side.Preserved {
			standing.Gateway = before[side.Visibility].At()
		}
		standing.State, standing.Reason = f.standing(side, ready)
		proven := func(p Proofs) bool { return p.Of(side.Visibility, f.Generation, side.Version) }
		standing.NewlyProven = side.Needed && ready && !proven(before) && proven(now)
		found = append(found, standing)
	}
	return found
}

// standing is the state of one side, and why.
func (f Facts) standing(side Side, ready bool) (StandingState, string) {
	whole, alone := f, f
	whole.Sides, alone.Sides = nil, []Side{side}
	alone.Failures, alone.Unexpected, alone.Advisories = nil, nil, nil
	blockers, held := alone.blockers()
	ofAll, _ := whole.blockers()
	blockers = slices.Concat(blockers, ofAll)
	switch {
	case len(blockers) == 0 && !ready: // the other side is why the KIngress is not Ready
		return StandingReady, ""
	case len(blockers) == 0:
		notes := slices.Concat(held, alone.advisories(network), alone.advisories(loadBalancer), f.Advisories)
		if len(notes) > 0 {
			return StandingDegraded, notes[0].Reason
		}
		return StandingReady, ""
	case ready: // for a time of grace it is not reported
		return StandingDegraded, blockers[0].Reason
	}
	if at := slices.IndexFunc(blockers, func(b Blocker) bool { return b.Terminal }); at >= 0 {
		return StandingFailed, blockers[at].Reason
	}
	return StandingWaiting, blockers[0].Reason
}

// unobserved are the standings of a KIngress of which no side could be read: at the Gateways where it was proven.
func (f Facts) unobserved(before Proofs, ready bool) (found []Standing) {
	state, reason := f.standing(Side{}, ready)
	for _, visibility := range config.Visibilities {
		if proof, known := before[visibility]; known {
			found = append(found, Standing{Visibility: visibility, Gateway: proof.At(), State: state, Reason: reason})
		}
	}
	if len(found) == 0 {
		found = []Standing{{Visibility: v1alpha1.IngressVisibilityExternalIP, State: state, Reason: reason}}
	}
	return found
}

// At is the Gateway of a proof.
func (p Proof) At() types.NamespacedName {
	namespace, name, _ := strings.Cut(p.Gateway, "/")
	return types.NamespacedName{Namespace: namespace, Name: name}
}
