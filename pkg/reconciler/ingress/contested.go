// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// dueWrite is a write of an object, with its other writers.
type dueWrite[T apply.Object] struct {
	apply.Backoff
	desired T
	others  []string
}

// writeDue does the changes for the objects' owner. An object that other writers keep changing is written
// later (SPEC B-TRN-6). The refusals are added to the attempt.
func (o *owned[T]) writeDue(ctx context.Context, try *attempt, owner metav1.Object, changes apply.Changes[T]) (apply.Result[T], error) {
	r, ing := o.r, try.stands.Ingress
	writes, due := map[string]dueWrite[T]{}, apply.Changes[T]{Delete: changes.Delete}
	isDue := func(object T, changed func(apply.Digest) bool) bool {
		what := apply.Contested{Kind: o.kind, Name: apply.NameOf(object)}
		write := dueWrite[T]{desired: object, Backoff: r.contests.Due(what, r.contender(ing, object), changed)}
		if write.ShouldReport() {
			write.others = o.ConflictingManagers(ctx, object)
		}
		if writes[object.GetName()] = write; write.Wait > 0 {
			try.putOff(what, write.Wait)
		}
		return write.Wait == 0
	}
	for _, object := range changes.Create {
		if isDue(object, func(apply.Digest) bool { return true }) {
			due.Create = append(due.Create, object)
		}
	}
	for _, update := range changes.Update {
		if isDue(update.Desired, func(wrote apply.Digest) bool { return !wrote.Matches(update.Current) }) {
			due.Update = append(due.Update, update)
		}
	}
	result, err := o.Apply(ctx, owner, due)
	try.refused = append(try.refused, result.Refusals...)
	for _, done := range result.Writes {
		what, write := apply.Contested{Kind: o.kind, Name: apply.NameOf(done.Object)}, writes[done.Object.GetName()]
		switch done.Verb {
		case apply.Deleted:
			r.contests.Evict(what)
		case apply.Created, apply.Updated:
			r.contests.Wrote(what, r.contender(ing, write.desired), apply.DigestOf(done.Object, write.desired), write.Times)
			if write.ShouldReport() {
				r.recordContested(ing, what, write.others)
			}
		}
	}
	return result, err
}

// contender is the owner for which an object is written: its controller; none in particular for a shared
// one.
func (r *Reconciler) contender(ing *v1alpha1.Ingress, object metav1.Object) apply.Writer {
	by := apply.Writer{Now: r.clock.Now()}
	if owner := metav1.GetControllerOf(object); owner != nil {
		by.Owner = owner.UID
		if owner.UID == ing.UID {
			by.Generation = ing.Generation
		}
	}
	return by
}

// recordContested records an Event that names the other writers of an object.
func (r *Reconciler) recordContested(ing *v1alpha1.Ingress, what apply.Contested, others []string) {
	r.recorder.Event(ing, corev1.EventTypeWarning, apply.ReasonContested, apply.ContestMessage(what, others))
}
