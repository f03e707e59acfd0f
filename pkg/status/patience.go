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
	// for each service, as long as it can be seen to go on.
	PatienceInLine = 5 * time.Minute
	// PatienceWhenServed is how long a Ready KIngress may be served as it was rendered before,
	// until that is noted: many are rendered anew at once, and nobody misses anything.
	PatienceWhenServed = 5 * time.Minute
	// lookAtLine is how soon the place in line is looked at again; later a fifth of what was
	// waited already.
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
	settled := IsSettled(old, facts.Generation)
	lingers, left := facts.lingers()
	switch {
	case certainty == Certain:
		return 0
	case !isReported(old, facts.Generation) && certainty == Answered:
		return max(0, PatienceBeforeReport-facts.Refused)
	case settled && held && len(blockers) == 0 && lingers:
		return whenServed(facts, left)
	case facts.InLine && certainty == Unanswered && (held || !settled) && facts.Waited >= PatienceBeforeReport && facts.Waited < PatienceInLine:
		return min(max(lookAtLine, facts.Waited/5), PatienceInLine-facts.Waited)
	case settled:
		return max(0, PatienceWhenReady-facts.Waited, PatienceBetweenReports-facts.SinceReport)
	case isReported(old, facts.Generation) && certainty == Answered: // somebody has spoken since
		return max(0, PatienceBeforeReport-facts.SinceReport)
	case isReported(old, facts.Generation):
		return max(0, PatienceBetweenReports-facts.SinceReport)
	}
	return max(0, PatienceBeforeReport-facts.Waited)
}

// whenServed is how long to wait before it is noted that the version before is served. When
// something else answers for the moment, there is nothing to note before that is decided.
func whenServed(facts Facts, left time.Duration) time.Duration {
	if left > 0 {
		return left
	}
	return max(0, PatienceWhenServed-facts.Waited, PatienceBetweenReports-facts.SinceReport)
}

// isReported tells that the status says already that this generation is not Ready.
func isReported(old v1alpha1.IngressStatus, generation int64) bool {
	ready := old.GetCondition(v1alpha1.IngressConditionReady)
	return old.ObservedGeneration == generation && ready != nil && !ready.IsTrue()
}
