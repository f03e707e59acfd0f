// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// owned are the objects of a kind that KIngresses own: the scope in which they are read, the writes, and
// the recent writes that informers do not show yet.
type owned[T apply.Object] struct {
	*apply.Applier[T]
	recent[T]
	r     *Reconciler
	kind  string
	scope watch.Scope
}

func newOwned[T apply.Object](r *Reconciler, kind string, scope watch.Scope, applier *apply.Applier[T]) *owned[T] {
	return &owned[T]{Applier: applier, recent: newRecent[T](), r: r, kind: kind, scope: scope}
}

// own makes what is owned of each kind.
func (r *Reconciler) own(clients cluster.Clients) {
	r.routes = newOwned(r, "HTTPRoute", cluster.OurRoutes, apply.HTTPRoutes(clients.Gateway))
	r.listenerSets = newOwned(r, "ListenerSet", cluster.OurListenerSets, apply.ListenerSets(clients.Gateway))
	r.grants = newOwned(r, "ReferenceGrant", cluster.OurGrants, apply.ReferenceGrants(clients.Gateway))
	r.policies = newOwned(r, "BackendTLSPolicy", cluster.OurPolicies, apply.BackendTLSPolicies(clients.Gateway))
	r.trusts = newOwned(r, "ConfigMap", cluster.OurTrust, apply.ConfigMaps(clients.Kube))
}

// controlledBy are the objects that an owner controls.
func (o *owned[T]) controlledBy(i *informers, owner metav1.Object) ([]T, error) {
	return o.read(i, func(object T) bool { return apply.IsControlledBy(object, owner) }, cluster.ControlledBy(owner))
}

// read finds the wanted objects: those that the informer shows under values of cluster.ByController, and
// those that were written and are not shown yet.
func (o *owned[T]) read(i *informers, wanted func(T) bool, under ...string) ([]T, error) {
	store, err := o.r.cluster.Ensure(i.ctx, o.scope)
	if err != nil {
		return nil, err
	}
	found, shown := []T{}, map[types.UID]bool{}
	for _, value := range under {
		stored, err := store.ByIndex(cluster.ByController, value)
		if err != nil {
			return nil, err
		}
		for _, object := range stored {
			newest := o.Newest(object.(T))
			if shown[newest.GetUID()] = true; wanted(newest) {
				found = append(found, newest)
			}
		}
	}
	unseen := o.Unseen(shown, wanted)
	if len(unseen) > 0 {
		i.unseen = watch.UnseenFor
	}
	return append(found, unseen...), nil
}

// found are the objects of a kind that were found for an owner, by name.
type found[T apply.Object] struct {
	owner  metav1.Object
	byName map[string]T
}

// write does the changes, and adds them to what was found.
func (o *owned[T]) write(ctx context.Context, try *attempt, changes apply.Changes[T], of found[T]) (apply.Result[T], error) {
	result, err := o.writeDue(ctx, try, of.owner, changes)
	o.record(try.stands.Ingress, result.Writes, of.byName)
	return result, err
}

// record adds writes to the recent ones, so that no reconcile repeats them, and records Events of changes
// to objects that were there already.
func (o *owned[T]) record(ing *v1alpha1.Ingress, writes []apply.Write[T], found map[string]T) {
	for _, write := range writes {
		name := write.Object.GetName()
		if write.Verb == apply.Deleted {
			o.Evict(write.Object.GetUID())
			delete(found, name)
		} else {
			o.Wrote(write.Object)
			found[name] = write.Object
		}
		if write.Verb == apply.Adopted || write.Verb == apply.Deleted {
			o.r.recorder.Eventf(ing, corev1.EventTypeNormal, string(write.Verb), "%s %s %s/%s", write.Verb, o.kind, write.Object.GetNamespace(), name)
		}
	}
}
