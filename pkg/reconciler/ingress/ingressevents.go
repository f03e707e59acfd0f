// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/observe"
)

// ingressEvents handles the events of KIngresses.
type ingressEvents struct{ *clusterEvents }

func (e ingressEvents) OnAdd(object any, _ bool) { e.changed(nil, object.(*v1alpha1.Ingress)) }

func (e ingressEvents) OnUpdate(old, object any) {
	before, after := old.(*v1alpha1.Ingress), object.(*v1alpha1.Ingress)
	switch {
	case recreated(before, after):
		e.OnDelete(before)
		e.changed(nil, after)
	case before.ResourceVersion == after.ResourceVersion: // a resync of the informer, or a new list
		e.resync([]*v1alpha1.Ingress{after})
	default:
		e.changed(before, after)
	}
}

func (e ingressEvents) OnDelete(object any) {
	if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = tombstone.Obj
	}
	ing, ok := object.(*v1alpha1.Ingress)
	if !ok {
		return
	}
	e.r.evict(ing)
	e.neighbours(ing)
	if len(ing.Spec.TLS) > 0 {
		e.impl.EnqueueKey(apply.NameOf(ing)) // it may have been the last to share a ListenerSet
	}
	e.orphaned(ing)
	if users, err := e.r.ingressesBy(byBackendNamespace, ing.Namespace); err == nil && len(users) == 0 {
		e.prune()
	}
}

// changed enqueues the KIngress, and its neighbours unless only its status has changed.
func (e ingressEvents) changed(old, ing *v1alpha1.Ingress) {
	e.impl.EnqueueKey(apply.NameOf(ing))
	if old == nil {
		e.arrived(ing)
		return
	}
	if old.Generation != ing.Generation || ours(old) != ours(ing) ||
		!equality.Semantic.DeepEqual(old.Labels, ing.Labels) || !equality.Semantic.DeepEqual(old.Annotations, ing.Annotations) {
		e.neighbours(old)
		e.neighbours(ing)
	}
}

// neighbours enqueues the KIngresses that have a host of this one or rewrite to one, and the oldest that
// share its certificates: these write the owners of shared ListenerSets.
func (e ingressEvents) neighbours(ing *v1alpha1.Ingress) {
	for secret := range observe.SecretsOf(ing) {
		e.oldest(secret)
	}
	e.sharingHosts(ing)
}

// arrived is neighbours for a KIngress that was not there before. One that is younger than the oldest
// changes nothing for them, so that the next of a thousand under a wildcard certificate enqueues none.
func (e ingressEvents) arrived(ing *v1alpha1.Ingress) {
	for secret := range observe.SecretsOf(ing) {
		if e.isAmongEldest(ing, secret) {
			e.oldest(secret)
		}
	}
	e.sharingHosts(ing)
}

func (e ingressEvents) sharingHosts(ing *v1alpha1.Ingress) {
	for host := range observe.HostsOf(ing) {
		e.enqueueBy(byHost, host)
	}
	e.rewriting(ing)
}
