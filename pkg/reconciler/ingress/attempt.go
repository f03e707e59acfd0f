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
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// attempt is what was done to bring a KIngress to what is desired, and when to try again.
type attempt struct {
	desired translate.Desired
	// stands is the observation with the objects as the writes have left them so far.
	stands *observe.Observation
	// preserved is what stays as it is stored although it is not desired.
	preserved observe.Preserved
	// refused are the writes that the API server or the owner of an object did not allow.
	refused []*apply.Refusal
	// err is unexpected, and retried.
	err error
	// attachedErr is one of a write for a user's HTTPRoute.
	attachedErr error
	// found tells that a write met an HTTPRoute of the KIngress that no informer shows, because it lacks
	// the controller's labels. The translation depends on it.
	found bool
	// awaitsLock tells that another KIngress holds the lock of a Gateway. This one is enqueued when the
	// lock is free.
	awaitsLock bool
	// contested are the objects that other writers keep changing, and that are written again later.
	contested sets.Set[apply.Contested]
	// statuses is how many statuses of users' HTTPRoutes were written.
	statuses int
	requeue
}

func newAttempt(seen *observe.Observation, desired translate.Desired) *attempt {
	return &attempt{desired: desired, stands: seen.Clone(), contested: sets.New[apply.Contested]()}
}

// putOff records that an object is to be written again only after a time.
func (a *attempt) putOff(what apply.Contested, wait time.Duration) {
	a.contested.Insert(what)
	a.in(wait)
}

// unfinished tells that a desired write has not been done yet.
func (a *attempt) unfinished() bool { return a.awaitsLock || a.contested.Len() > 0 }

// requeue is after how long to reconcile once more without an event: the shortest of the times that
// were asked for; 0 is never.
type requeue struct{ soonest time.Duration }

// in asks for a reconcile after these times; 0 is never.
func (r *requeue) in(times ...time.Duration) {
	for _, after := range times {
		if after > 0 && (r.soonest == 0 || after < r.soonest) {
			r.soonest = after
		}
	}
}

// result is what a reconcile returns; nil for never.
func (r requeue) result() error {
	if r.soonest == 0 {
		return nil
	}
	return controller.NewRequeueAfter(r.soonest)
}

// requeueIn is what a reconcile returns that has no other times.
func requeueIn(times ...time.Duration) error {
	after := requeue{}
	after.in(times...)
	return after.result()
}

// facts is what pkg/status needs to know, without the times.
func (a *attempt) facts(proven proofs) status.Facts {
	failures := a.stands.Failures(a.desired)
	for _, refusal := range a.refused {
		if !names.IsAttached(refusal.Object.Name) { // which is reported to the user's HTTPRoute
			failures = append(failures, refusal)
		}
	}
	return status.Facts{
		Failures: failures, Unexpected: a.err, Sides: proven.sides, Advisories: a.stands.Advisories(a.desired, proven.sides), Progressing: proven.progressing,
	}
}
