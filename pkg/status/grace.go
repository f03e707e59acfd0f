// SPDX-License-Identifier: Apache-2.0

package status

import (
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/apis"
)

// How long the controller waits before it writes a status that is not Ready.
const (
	// GraceBeforeReport is for a KIngress that is not Ready yet, and for a Ready one after a negative
	// condition: a gateway that is late with its statuses may report one shortly before the proof, and
	// take it back (SPEC B-RDY-4).
	GraceBeforeReport = 5 * time.Second
	// GraceWhenReady is for a Ready KIngress without an answer.
	GraceWhenReady = 15 * time.Second
	// GraceBetweenReports is the time between two reports, whose messages change with every answer.
	GraceBetweenReports = 10 * time.Second
	// GraceOfSameReason is the time between two reports with the same reasons of a KIngress without an answer.
	// It grows to half of the time waited, and not above GraceWhileProgressing. What changes in them is which
	// probe had which answer last; each is a write of the KIngress, its Route and its service, and in a burst
	// on busy proxies every service would write them.
	GraceOfSameReason = 30 * time.Second
	// GraceWhileProgressing is for a burst, while the data plane works through older routes: a write for each
	// service would tell users nothing.
	GraceWhileProgressing = 5 * time.Minute
	// GraceWhenServed is for a Ready KIngress that is served in its former version: it is long because
	// many may be rendered anew at once, and users miss nothing.
	GraceWhenServed = 5 * time.Minute
	// progressInterval is the shortest time between two checks of the progress of a burst. It grows to a
	// fifth of the time waited.
	progressInterval = 2 * time.Second
)

// grace is how long to wait before the verdict is written. held tells that a new version is not proven and
// the former one is served.
func grace(old v1alpha1.IngressStatus, facts Facts, held bool, blockers []Blocker) time.Duration {
	certainty := Certain // no blocker
	if len(blockers) > 0 || held {
		certainty = Unanswered
	}
	for _, blocker := range blockers {
		certainty = max(certainty, blocker.Certainty)
	}
	settled := IsSettled(old, facts.Generation)
	servedAsBefore, left := facts.servedAsBefore()
	switch {
	case certainty == Certain:
		return 0
	case !isReported(old, facts.Generation) && certainty == Answered:
		return max(0, GraceBeforeReport-facts.Refused)
	case settled && held && len(blockers) == 0 && servedAsBefore:
		return whenServed(facts, left)
	case facts.Progressing && certainty == Unanswered && (held || !settled) && facts.Waited >= GraceBeforeReport && facts.Waited < GraceWhileProgressing:
		return min(max(progressInterval, facts.Waited/5), GraceWhileProgressing-facts.Waited)
	case settled:
		return max(0, GraceWhenReady-facts.Waited, GraceBetweenReports-facts.SinceReport)
	case isReported(old, facts.Generation) && certainty == Answered: // the gateway has reported a condition since
		return max(0, GraceBeforeReport-facts.SinceReport)
	case isReported(old, facts.Generation) && hasReasons(old, blockers):
		return max(0, min(max(GraceOfSameReason, facts.Waited/2), GraceWhileProgressing)-facts.SinceReport)
	case isReported(old, facts.Generation):
		return max(0, GraceBetweenReports-facts.SinceReport)
	}
	return max(0, GraceBeforeReport-facts.Waited)
}

// whenServed is how long to wait before the status notes that the former version is served. left is
// how long it takes to tell whether it still is, if something else has answered.
func whenServed(facts Facts, left time.Duration) time.Duration {
	if left > 0 {
		return left
	}
	return max(0, GraceWhenServed-facts.Waited, GraceBetweenReports-facts.SinceReport)
}

// isReported tells that the status reports this generation as not Ready already.
func isReported(old v1alpha1.IngressStatus, generation int64) bool {
	ready := old.GetCondition(v1alpha1.IngressConditionReady)
	return old.ObservedGeneration == generation && ready != nil && !ready.IsTrue()
}

// hasReasons tells that the conditions of a status have the reasons of these blockers.
func hasReasons(old v1alpha1.IngressStatus, blockers []Blocker) bool {
	for _, kind := range []apis.ConditionType{network, loadBalancer} {
		blocker, blocked := merge(blockers, kind)
		known := old.GetCondition(kind)
		if known == nil || known.IsUnknown() != blocked || blocked && known.Reason != blocker.Reason {
			return false
		}
	}
	return true
}
