// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
)

// leaveShared deletes the ListenerSets that the KIngress has shared and does not want any more, if it was
// the last one.
func (r *Reconciler) leaveShared(ctx context.Context, try *attempt) error {
	for _, set := range try.listenerSets() {
		wanted := slices.ContainsFunc(try.desired.ListenerSets, func(want *gatewayv1.ListenerSet) bool { return want.Name == set.Name })
		if !wanted && apply.IsShared(set) {
			return r.dropShared(ctx, try.stands.Ingress.Namespace, try.desired.Unshared)
		}
	}
	return nil
}

// dropShared deletes the shared ListenerSets of a namespace that no KIngress uses. Their owners do not
// show that: several may have left at once, each of which took the others for users, and the namespace
// stays an owner when all have left.
func (r *Reconciler) dropShared(ctx context.Context, namespace string, unshared sets.Set[string]) error {
	refusal, err := r.cluster.NoListenerSets(ctx)
	if err != nil || refusal != "" {
		return err
	}
	store, err := r.cluster.Ensure(ctx, cluster.OurListenerSets)
	if err != nil {
		return err
	}
	stored, err := store.ByIndex(cluster.ByController, cluster.SharedIn(namespace))
	if err != nil {
		return err
	}
	unused := []*gatewayv1.ListenerSet{}
	for _, object := range stored {
		set := r.listenerSets.Newest(object.(*gatewayv1.ListenerSet))
		if !apply.IsShared(set) || set.DeletionTimestamp != nil {
			continue
		}
		used, err := r.isUsed(ctx, set, unshared.Has(set.Name))
		if err != nil {
			return err
		}
		if !used {
			unused = append(unused, set)
		}
	}
	applied, err := r.listenerSets.Apply(ctx, nil, apply.Changes[*gatewayv1.ListenerSet]{Delete: unused})
	for _, write := range applied.Writes {
		r.listenerSets.Evict(write.Object.GetUID())
	}
	return err
}

// isUsed tells whether a KIngress has hosts for a shared ListenerSet, or a route that is still attached
// to it. A route may be attached after the ListenerSet is unshared, while the KIngress moves to another
// Gateway, and while the plugin of its new class does not serve it yet.
func (r *Reconciler) isUsed(ctx context.Context, set *gatewayv1.ListenerSet, unshared bool) (bool, error) {
	for secret := range observe.SecretsIn(set) {
		users, err := r.ingressesBy(bySecret, secret.String())
		if err != nil {
			return false, err
		}
		for _, user := range users {
			if user.DeletionTimestamp != nil {
				continue
			}
			if used, err := r.uses(ctx, user, set, unshared); used || err != nil {
				return used, err
			}
		}
	}
	all, err := r.lister.Ingresses(set.Namespace).List(labels.Everything())
	for _, ing := range all {
		if !ours(ing) && err == nil {
			if attached, err := r.isAttached(ctx, ing, set); attached || err != nil {
				return attached, err
			}
		}
	}
	return false, err
}

func (r *Reconciler) uses(ctx context.Context, ing *v1alpha1.Ingress, set *gatewayv1.ListenerSet, unshared bool) (bool, error) {
	gateways, err := observe.SelectedFor(r.reader(ctx), ing, r.config.Load().Config)
	if err != nil {
		return false, err
	}
	on, shares := dataplane.GatewayOfSet(set), listeners.Shares(ing, set)
	if !unshared && slices.ContainsFunc(shares, func(visibility v1alpha1.IngressVisibility) bool {
		selected, known := gateways[visibility]
		return selected == on || !known // without an entry the stored objects stay
	}) {
		return true, nil
	}
	if len(shares) == 0 {
		return false, nil
	}
	return r.isAttached(ctx, ing, set)
}

// isAttached tells whether a route of a KIngress is attached to a ListenerSet.
func (r *Reconciler) isAttached(ctx context.Context, ing *v1alpha1.Ingress, set *gatewayv1.ListenerSet) (bool, error) {
	store, err := r.cluster.Ensure(ctx, cluster.OurRoutes)
	if err != nil {
		return false, err
	}
	routes, err := store.ByIndex(cluster.ByController, cluster.ControlledBy(ing))
	return slices.ContainsFunc(routes, func(object any) bool {
		route := r.routes.Newest(object.(*gatewayv1.HTTPRoute))
		return slices.ContainsFunc(route.Spec.ParentRefs, func(parent gatewayv1.ParentReference) bool {
			return dataplane.IsListenerSet(parent) && string(parent.Name) == set.Name
		})
	}), err
}
