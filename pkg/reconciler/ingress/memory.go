// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// recent is what was written of a kind, until informers show it.
type recent[T metav1.Object] struct{ *watch.Recent[T] }

func newRecent[T metav1.Object]() recent[T] { return recent[T]{watch.NewRecent[T]()} }

func (r recent[T]) shown(object any) {
	if typed, is := object.(T); is {
		r.Shown(typed)
	}
}

func (r recent[T]) gone(object any) {
	if typed, is := object.(T); is {
		r.Forget(typed.GetUID())
	}
}

// recents are what was written of all kinds that the informers of the Set show.
func (r *Reconciler) recents() []memory {
	return []memory{r.routes.recent, r.listenerSets.recent, r.grants.recent, r.policies.recent, r.trusts.recent, r.gateways}
}

type memory interface {
	shown(object any)
	gone(object any)
}

// forget drops everything that is remembered about a KIngress.
func (r *Reconciler) forget(ing *v1alpha1.Ingress) {
	r.forgetServed(ing)
	r.departures.forget(ing.UID)
}

// forgetServed drops what is remembered to serve it.
func (r *Reconciler) forgetServed(ing *v1alpha1.Ingress) {
	r.prober.Forget(ownerOf(ing))
	r.liveness.forget(ownerOf(ing))
	r.timers.evict(ing.UID)
	r.told.forget(ing.UID)
	r.pending.note(ing.UID, false)
	r.ingresses.Forget(ing.UID)
	r.conflicts.note(ownerOf(ing), nil)
	r.stacks.Forget(apply.NameOf(ing))
}

// forgetGone drops what a reconcile has remembered about a KIngress that is gone by now, or
// another replica's: the event which tells so may have come, and have dropped all that
// was known, before this reconcile asked the data planes. Where the KIngress is in the cache
// still, that event is yet to come.
func (r *Reconciler) forgetGone(ing *v1alpha1.Ingress) {
	now, err := r.lister.Ingresses(ing.Namespace).Get(ing.Name)
	if err != nil || now.UID != ing.UID || !r.IsLeaderFor(apply.NameOf(ing)) {
		r.forget(ing)
	}
}
