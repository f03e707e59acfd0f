// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// recent has the objects of a kind as they were written, until informers show them.
type recent[T metav1.Object] struct{ *watch.Recent[T] }

func newRecent[T metav1.Object]() recent[T] { return recent[T]{watch.NewRecent[T]()} }

func (r recent[T]) shown(object any) {
	if typed, is := object.(T); is {
		r.Shown(typed)
	}
}

func (r recent[T]) gone(object any) {
	if typed, is := object.(T); is {
		r.Evict(typed.GetUID())
	}
}

// recents are the caches of what was written, for all kinds that the informers of the Set show.
func (r *Reconciler) recents() []recentWrites {
	return []recentWrites{r.routes.recent, r.listenerSets.recent, r.grants.recent, r.policies.recent, r.trusts.recent, r.gateways, r.usersRoutes}
}

type recentWrites interface {
	shown(object any)
	gone(object any)
}

// evict drops all that is cached about a KIngress.
func (r *Reconciler) evict(ing *v1alpha1.Ingress) {
	r.evictServed(ing)
	r.departures.evict(ing.UID)
}

// evictServed drops what is cached to serve a KIngress.
func (r *Reconciler) evictServed(ing *v1alpha1.Ingress) {
	r.prober.Evict(ownerOf(ing))
	r.liveness.evict(ownerOf(ing))
	r.timers.evict(ing.UID)
	r.reportedRoutes.evict(ing.UID)
	r.pending.set(ing.UID, false)
	r.ingresses.Evict(ing.UID)
	r.conflicts.setWaiting(ownerOf(ing), nil)
	r.stacks.Evict(apply.NameOf(ing))
	r.metrics.Evict(ing.UID)
}

// evictGone drops what a reconcile has cached about a KIngress that is deleted by now, or led by
// another replica. The event that says so may have come, and have dropped all that was cached, before
// this reconcile asked the data planes. If the informer still shows the KIngress, the event is yet to
// come.
func (r *Reconciler) evictGone(ing *v1alpha1.Ingress) {
	now, err := r.lister.Ingresses(ing.Namespace).Get(ing.Name)
	if err != nil || now.UID != ing.UID || !r.IsLeaderFor(apply.NameOf(ing)) {
		r.evict(ing)
	}
}
