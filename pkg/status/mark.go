// SPDX-License-Identifier: Apache-2.0

package status

import (
	"strings"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/apis"
)

// How long an answer may be missing before it is reported.
const (
	PatienceBeforeReport = 2 * time.Second
	PatienceWhenReady    = 15 * time.Second
)

// ProvenAnnotation, in the status of a KIngress, is the version that was proven
// when it became Ready. A new leader reads it and does not probe again.
const ProvenAnnotation = "net-gateways/proven"

// Verdict is the status to report, and what to do about it.
type Verdict struct {
	Status v1alpha1.IngressStatus
	// Blockers are what stands in the way of Ready, external side first.
	Blockers []Blocker
	// Patience is how long to wait before the blockers are reported; zero when the
	// status is to be written now.
	Patience time.Duration
}

// Ready tells that nothing blocks.
func (v Verdict) Ready() bool { return len(v.Blockers) == 0 }

// Definite tells that a blocker is somebody's word, not a missing answer.
func (v Verdict) Definite() bool {
	for _, blocker := range v.Blockers {
		if blocker.Definite {
			return true
		}
	}
	return false
}

// IsProven tells that this version of the KIngress was proven before and reported
// Ready, so that it need not be probed again (SPEC B-RDY-4).
func IsProven(old v1alpha1.IngressStatus, generation int64, version string) bool {
	return isSettled(old, generation) && old.Annotations[ProvenAnnotation] == version
}

// isSettled tells that the status reports this generation as Ready.
func isSettled(old v1alpha1.IngressStatus, generation int64) bool {
	return old.ObservedGeneration == generation && old.GetCondition(v1alpha1.IngressConditionReady).IsTrue()
}

// Mark decides the status that follows old, given the facts.
func Mark(old v1alpha1.IngressStatus, facts Facts) Verdict {
	verdict := Verdict{Blockers: facts.blockers()}
	verdict.Patience = patience(old, facts, verdict)
	verdict.Status = *old.DeepCopy()
	if verdict.Patience > 0 {
		return verdict
	}
	status := &verdict.Status
	status.ObservedGeneration = facts.Generation
	status.InitializeConditions()
	publish(status, facts.Sides)
	mark(status, facts, verdict.Blockers)
	return verdict
}

func patience(old v1alpha1.IngressStatus, facts Facts, verdict Verdict) time.Duration {
	if verdict.Ready() || verdict.Definite() {
		return 0
	}
	limit := PatienceBeforeReport
	if isSettled(old, facts.Generation) {
		limit = PatienceWhenReady
	}
	return max(0, limit-facts.Waited)
}

func (f Facts) blockers() []Blocker {
	found := []Blocker{}
	for _, failure := range f.Failures {
		found = append(found, *failed(network, failure))
	}
	for _, side := range f.Sides {
		if !side.Needed {
			continue
		}
		if blocker := side.blocker(); blocker != nil {
			found = append(found, *blocker)
		}
	}
	return found
}

// mark sets the two dependent conditions; Ready follows from them.
func mark(status *v1alpha1.IngressStatus, facts Facts, blockers []Blocker) {
	conditions := (&v1alpha1.Ingress{}).GetConditionSet().Manage(status)
	for _, kind := range []struct {
		condition apis.ConditionType
		note      Note
	}{{network, facts.networkNote()}, {loadBalancer, facts.loadBalancerNote()}} {
		switch blocker, blocked := worst(blockers, kind.condition); {
		case blocked && blocker.Terminal:
			conditions.MarkFalse(kind.condition, blocker.Reason, "%s", blocker.Message)
		case blocked:
			conditions.MarkUnknown(kind.condition, blocker.Reason, "%s", blocker.Message)
		case kind.note.Message != "":
			conditions.MarkTrueWithReason(kind.condition, kind.note.Reason, "%s", kind.note.Message)
		default:
			conditions.MarkTrue(kind.condition)
		}
	}
	if len(blockers) == 0 {
		if status.Annotations == nil {
			status.Annotations = map[string]string{}
		}
		status.Annotations[ProvenAnnotation] = facts.Version
	} else {
		delete(status.Annotations, ProvenAnnotation)
	}
}

// worst joins the blockers of a condition: a terminal one decides the reason, and
// every message is shown once.
func worst(blockers []Blocker, condition apis.ConditionType) (Blocker, bool) {
	var joined Blocker
	messages := []string{}
	found := false
	for _, blocker := range blockers {
		if blocker.Condition != condition {
			continue
		}
		if !found || blocker.Terminal && !joined.Terminal {
			joined = blocker
		}
		found = true
		messages = append(messages, blocker.Message)
	}
	joined.Message = strings.Join(compact(messages), "; ")
	return joined, found
}

func compact(messages []string) []string {
	seen := map[string]bool{}
	kept := messages[:0]
	for _, message := range messages {
		if !seen[message] {
			seen[message] = true
			kept = append(kept, message)
		}
	}
	return kept
}
