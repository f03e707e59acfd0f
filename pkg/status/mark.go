// SPDX-License-Identifier: Apache-2.0

package status

import (
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/apis"

	"github.com/net-gateways/net-gateways/pkg/conditions"
)

// Verdict is the status to report, and what to do about it.
type Verdict struct {
	Status v1alpha1.IngressStatus
	// Blockers are why the KIngress is not Ready, external side first.
	Blockers []Blocker
	// Advisories are those of all conditions.
	Advisories []Advisory
	// Remarks are reported once, when the status is written, and are in no condition.
	Remarks []Advisory
	// Held tells that a new version is not proven and the former one is served.
	Held bool
	// Grace is how long to wait before the blockers are reported; zero if the status
	// is to be written now.
	Grace time.Duration
}

// Ready tells that nothing blocks.
func (v Verdict) Ready() bool { return len(v.Blockers) == 0 }

// IsSettled tells that the status reports this generation as Ready.
func IsSettled(old v1alpha1.IngressStatus, generation int64) bool {
	return old.ObservedGeneration == generation && old.GetCondition(v1alpha1.IngressConditionReady).IsTrue()
}

// Mark decides the status that follows old, given the facts.
func Mark(old v1alpha1.IngressStatus, facts Facts) Verdict {
	blockers, held := facts.blockers()
	facts.Advisories = slices.Concat(facts.Advisories, held)
	verdict := Verdict{Blockers: blockers, Advisories: slices.Concat(facts.advisories(network), facts.advisories(loadBalancer))}
	verdict.Held, verdict.Remarks = len(held) > 0, facts.complaints()
	verdict.Grace = grace(old, facts, verdict.Held, blockers)
	verdict.Status = *old.DeepCopy()
	if verdict.Grace > 0 {
		return verdict
	}
	status := &verdict.Status
	status.ObservedGeneration = facts.Generation
	status.InitializeConditions()
	publish(status, facts.Sides)
	if len(blockers) > 0 || !facts.keepsConditions(old) {
		mark(status, facts, verdict.Blockers)
	}
	if !facts.Unobserved {
		ProofsOf(old).next(facts).write(status)
	}
	recordReported(status)
	return verdict
}

// blockers are why the KIngress is not Ready, and the advisories of blockers that are tolerated because the former
// version is served.
func (f Facts) blockers() (found []Blocker, held []Advisory) {
	for _, failure := range f.Failures {
		found = append(found, *failed(network, failure))
	}
	if f.Unexpected != nil {
		found = append(found, *waiting(network, conditions.ReasonReconcileFailed, f.Unexpected.Error()))
	}
	for _, side := range f.Sides {
		if !side.Needed || side.stillReady() {
			continue
		}
		blocker := side.Blocker()
		switch {
		case blocker == nil:
		case side.tolerates(blocker, f.Now):
			held = append(held, Advisory{Reason: blocker.Reason, Message: "served as before, because: " + blocker.Message})
		default:
			found = append(found, *blocker)
		}
	}
	return found, held
}

// keepsConditions tells that the conditions keep their messages, because a side is preserved and its advisories are
// not known.
func (f Facts) keepsConditions(old v1alpha1.IngressStatus) bool {
	return IsSettled(old, f.Generation) && slices.ContainsFunc(f.Sides, func(side Side) bool {
		return side.Preserved || side.Needed && side.stillReady()
	})
}

// Refusing tells that a gateway reports a negative condition, and that nothing worse is known.
func (f Facts) Refusing() bool {
	blockers, _ := f.blockers()
	certainty := Unanswered
	for _, blocker := range blockers {
		certainty = max(certainty, blocker.Certainty)
	}
	return certainty == Answered
}

// mark sets the two dependent conditions; Ready follows from them.
func mark(status *v1alpha1.IngressStatus, facts Facts, blockers []Blocker) {
	conditions := (&v1alpha1.Ingress{}).GetConditionSet().Manage(status)
	for _, condition := range []apis.ConditionType{network, loadBalancer} {
		blocker, blocked := merge(blockers, condition)
		advisories := facts.advisories(condition)
		switch {
		case blocked && blocker.Terminal:
			conditions.MarkFalse(condition, blocker.Reason, "%s", blocker.Message)
		case blocked:
			conditions.MarkUnknown(condition, blocker.Reason, "%s", blocker.Message)
		case len(advisories) > 0:
			conditions.MarkTrueWithReason(condition, advisories[0].Reason, "%s", joined(advisories))
		default:
			conditions.MarkTrue(condition)
		}
	}
}

func joined(advisories []Advisory) string {
	messages := make([]string, 0, len(advisories))
	for _, advisory := range advisories {
		messages = append(messages, advisory.Message)
	}
	return strings.Join(messages, "; ")
}

// merge joins the blockers of a condition: a terminal one decides the reason, and every message is
// shown once. It drops the Unanswered beside others: their messages change with every answer to a
// probe, and each change would be a write.
func merge(blockers []Blocker, condition apis.ConditionType) (Blocker, bool) {
	concerned := slices.DeleteFunc(slices.Clone(blockers), func(b Blocker) bool { return b.Condition != condition })
	if definite := func(b Blocker) bool { return b.Certainty > Unanswered }; slices.ContainsFunc(concerned, definite) {
		concerned = slices.DeleteFunc(concerned, func(b Blocker) bool { return b.Certainty == Unanswered })
	}
	if len(concerned) == 0 {
		return Blocker{}, false
	}
	joined := concerned[0]
	messages := []string{}
	for _, blocker := range concerned {
		if blocker.Terminal && !joined.Terminal {
			joined = blocker
		}
		if !slices.Contains(messages, blocker.Message) {
			messages = append(messages, blocker.Message)
		}
	}
	joined.Message = strings.Join(messages, "; ")
	return joined, true
}

// Equal tells whether two statuses are equal except for times.
func Equal(a, b v1alpha1.IngressStatus) bool {
	return equality.Semantic.DeepEqual(a, b)
}
