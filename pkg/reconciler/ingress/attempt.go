// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"time"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/pkg/controller"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// attempt is what was done to bring a KIngress to what is desired, and why to come again.
type attempt struct {
	desired translate.Desired
	// stands is what was observed, with the objects as the writes have left them so far.
	stands *observe.Observation
	// preserved is what stays as it stands though it is not among what is desired.
	preserved observe.Preserved
	// refused is what the API server or the owner of an object did not let be written.
	refused []*apply.Refusal
	// err is unexpected, and retried.
	err error
	// found tells that a write met a route of the KIngress that no informer shows, for it lacks our
	// labels. What is desired depends on it.
	found bool
	// inLine tells that the turn to write to a Gateway is another KIngress's. This one is called.
	inLine bool
	// contested is what others change over and over, and what is written again later.
	contested sets.Set[apply.Contested]
	requeue
}

func newAttempt(seen *observe.Observation, desired translate.Desired) *attempt {
	return &attempt{desired: desired, stands: seen.Clone(), contested: sets.New[apply.Contested]()}
}

// putOff notes what is to be written again only after a time.
func (a *attempt) putOff(what apply.Contested, wait time.Duration) {
	a.contested.Insert(what)
	a.in(wait)
}

// unfinished tells that something is not written yet which is to be.
func (a *attempt) unfinished() bool { return a.inLine || a.contested.Len() > 0 }

// requeue is when to come again though nothing happens: at the soonest of all times that it was
// told; 0 is never.
type requeue struct{ soonest time.Duration }

// in comes again after these times; 0 is never.
func (r *requeue) in(times ...time.Duration) {
	for _, after := range times {
		if after > 0 && (r.soonest == 0 || after < r.soonest) {
			r.soonest = after
		}
	}
}

// comeAgain is what a reconcile returns; nil for never.
func (r requeue) comeAgain() error {
	if r.soonest == 0 {
		return nil
	}
	return controller.NewRequeueAfter(r.soonest)
}

// comeAgain is for who knows of no other times.
func comeAgain(times ...time.Duration) error {
	again := requeue{}
	again.in(times...)
	return again.comeAgain()
}

// facts is what status needs to know, but for the times.
func (a *attempt) facts(proven proofs) status.Facts {
	failures := a.stands.Failures(a.desired)
	for _, refusal := range a.refused {
		failures = append(failures, refusal)
	}
	return status.Facts{
		Failures: failures, Unexpected: a.err, Sides: proven.sides, Advisories: a.stands.Advisories(a.desired, proven.sides), Progressing: proven.progressing,
	}
}
