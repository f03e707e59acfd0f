// SPDX-License-Identifier: Apache-2.0

package status

import (
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// How long a KIngress that is not Ready yet may wait before a blocker is reported, which is
// also how long one that is Ready stays so after a gateway's no: a gateway that is behind
// with its statuses says no about a moment before the proof, and takes it back (SPEC
// B-RDY-4). How long one that is Ready stays so while nobody answers, and how long between
// two reports of a KIngress that waits: words that follow every answer of a gateway would be
// a write for each.
const (
	PatienceBeforeReport   = 5 * time.Second
	PatienceWhenReady      = 15 * time.Second
	PatienceBetweenReports = 10 * time.Second
	// In a burst, the gateway works through what was written before: that is not worth a write
	// for each service, if it does not take too long.
	PatienceInLine = time.Minute
	// lookAtLine is how often the place in line is looked at.
	lookAtLine = 2 * time.Second
)

// patience is how long to wait before the verdict is written. Held tells that something
// is not proven that nobody misses yet.
func patience(old v1alpha1.IngressStatus, facts Facts, held bool, blockers []Blocker) time.Duration {
	certainty := Certain // that nothing blocks is certain, too
	if len(blockers) > 0 || held {
		certainty = Unanswered
	}
	for _, blocker := range blockers {
		certainty = max(certainty, blocker.Certainty)
	}
	switch settled := IsSettled(old, facts.Generation); {
	case certainty == Certain:
		return 0
	case settled && certainty == Answered:
		return max(0, PatienceBeforeReport-facts.Waited)
	case facts.InLine && certainty == Unanswered && (held || !settled) && facts.Waited >= PatienceBeforeReport && facts.Waited < PatienceInLine:
		return min(lookAtLine, PatienceInLine-facts.Waited)
	case settled:
		return max(0, PatienceWhenReady-facts.Waited, PatienceBetweenReports-facts.SinceReport)
	case isReported(old, facts.Generation) && certainty == Answered: // somebody has spoken since
		return max(0, PatienceBeforeReport-facts.SinceReport)
	case isReported(old, facts.Generation):
		return max(0, PatienceBetweenReports-facts.SinceReport)
	}
	return max(0, PatienceBeforeReport-facts.Waited)
}

// isReported tells that the status says already that this generation is not Ready.
func isReported(old v1alpha1.IngressStatus, generation int64) bool {
	ready := old.GetCondition(v1alpha1.IngressConditionReady)
	return old.ObservedGeneration == generation && ready != nil && !ready.IsTrue()
}
