// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// writing is what to write of a kind, for the objects' owner.
type writing[T apply.Object] struct {
	kind    string
	applier *apply.Applier[T]
	owner   metav1.Object
	changes apply.Changes[T]
}

// attempt is a write that is due, and who else writes the object.
type attempt[T apply.Object] struct {
	apply.Backoff
	desired T
	others  []string
}

// write does it, but for what others change again and again, which waits (SPEC B-TRN-6).
func write[T apply.Object](ctx context.Context, r *Reconciler, seen *observed, todo writing[T]) (apply.Result[T], error) {
	attempts, due := map[string]attempt[T]{}, apply.Changes[T]{Delete: todo.changes.Delete}
	isDue := func(object T, changed func(apply.Digest) bool) bool {
		try := attempt[T]{desired: object, Backoff: r.contests.Due(apply.Contested{Kind: todo.kind, Name: apply.NameOf(object)}, r.contender(seen.ingress, object), changed)}
		if try.Said() {
			try.others = todo.applier.Others(ctx, object)
		}
		attempts[object.GetName()] = try
		if seen.waitFor(try.Wait); try.Wait > 0 {
			seen.putOff(apply.Contested{Kind: todo.kind, Name: apply.NameOf(object)})
		}
		return try.Wait == 0
	}
	for _, object := range todo.changes.Create {
		if isDue(object, func(apply.Digest) bool { return true }) {
			due.Create = append(due.Create, object)
		}
	}
	for _, update := range todo.changes.Update {
		if isDue(update.Desired, func(wrote apply.Digest) bool { return !wrote.Stands(update.Current) }) {
			due.Update = append(due.Update, update)
		}
	}
	result, err := todo.applier.Apply(ctx, todo.owner, due)
	for _, done := range result.Writes {
		what, try := apply.Contested{Kind: todo.kind, Name: apply.NameOf(done.Object)}, attempts[done.Object.GetName()]
		switch done.Verb {
		case apply.Deleted:
			r.contests.Forget(what)
		case apply.Created, apply.Updated:
			r.contests.Wrote(what, r.contender(seen.ingress, try.desired), apply.DigestOf(done.Object, try.desired), try.Times)
			if try.Said() {
				r.sayContested(seen.ingress, what, try.others)
			}
		}
	}
	return result, err
}

// contender is who writes an object: its controller, or of what several share any of them.
func (r *Reconciler) contender(ing *v1alpha1.Ingress, object metav1.Object) apply.Contender {
	by := apply.Contender{Now: r.clock.Now()}
	if owner := metav1.GetControllerOf(object); owner != nil {
		by.Owner = owner.UID
		if owner.UID == ing.UID {
			by.Generation = ing.Generation
		}
	}
	return by
}

// waitFor comes back after a time, if not sooner; 0 is no reason to.
func (seen *observed) waitFor(wait time.Duration) {
	if wait > 0 && (seen.pause == 0 || wait < seen.pause) {
		seen.pause = wait
	}
}

// putOff notes what is not written before the pause has passed.
func (seen *observed) putOff(what apply.Contested) {
	if seen.deferred == nil { // of a KIngress that leaves, nothing else is gathered
		seen.deferred = sets.New[apply.Contested]()
	}
	seen.deferred.Insert(what)
}

// sayContested says who else writes what is ours.
func (r *Reconciler) sayContested(ing *v1alpha1.Ingress, what apply.Contested, others []string) {
	r.recorder.Event(ing, corev1.EventTypeWarning, apply.ReasonContested, apply.SaidOfOthers(what, others))
}
