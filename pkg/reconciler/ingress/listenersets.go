// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// gatherListenerSets reads the KIngress's ListenerSets, where the kind is served. Where they
// cannot be read, only those who need them are stopped (SPEC B-RDY-11).
func (r *Reconciler) gatherListenerSets(ctx context.Context, seen *observed) error {
	if err := r.readListenerSets(ctx, seen); err != nil && (wantsHTTPS(seen.ingress) || seen.onListenerSets()) {
		return err
	}
	return nil
}

// onListenerSets tells whether a route is attached to one.
func (seen *observed) onListenerSets() bool {
	for _, route := range seen.routes {
		if slices.ContainsFunc(route.Spec.ParentRefs, dataplane.IsListenerSet) {
			return true
		}
	}
	return false
}

func (r *Reconciler) readListenerSets(ctx context.Context, seen *observed) error {
	seen.listenerSets = map[string]*gatewayv1.ListenerSet{}
	refusal, err := r.cluster.NoListenerSets(ctx)
	if seen.noListenerSets = refusal; err != nil || refusal != "" {
		return err
	}
	store, err := r.cluster.Ensure(ctx, cluster.OurListenerSets)
	if err != nil {
		return err
	}
	stored, err := store.ByIndex(cluster.ByController, cluster.ControlledBy(seen.ingress))
	if err != nil {
		return err
	}
	shared, err := store.ByIndex(cluster.ByController, cluster.SharedIn(seen.ingress.Namespace))
	if err != nil {
		return err
	}
	shown := map[types.UID]bool{}
	for _, object := range slices.Concat(stored, shared) {
		set := r.listenerSets.Newest(object.(*gatewayv1.ListenerSet))
		if shown[set.UID] = true; seen.concerns(set) {
			seen.listenerSets[set.Name] = set
		}
	}
	for _, set := range r.listenerSets.Unseen(shown, seen.concerns) {
		seen.listenerSets[set.Name] = set
		seen.unseen = watch.UnseenFor
	}
	return nil
}

// concerns tells whether a ListenerSet is the KIngress's own, or one that it shares or has
// shared.
func (seen *observed) concerns(set *gatewayv1.ListenerSet) bool {
	owned := owns(seen.ingress, set)
	shares := apply.IsShared(set) && set.Namespace == seen.ingress.Namespace && secretsIn(set).HasAny(secretsOf(seen.ingress).UnsortedList()...)
	return owned || shares
}

func owns(ing *v1alpha1.Ingress, set *gatewayv1.ListenerSet) bool {
	return set.Namespace == ing.Namespace && slices.ContainsFunc(set.OwnerReferences, func(ref metav1.OwnerReference) bool { return ref.UID == ing.UID })
}

// secretsIn are the certificates of a ListenerSet, as NAMESPACE/NAME.
func secretsIn(set *gatewayv1.ListenerSet) sets.Set[string] {
	found := sets.New[string]()
	for _, listener := range set.Spec.Listeners {
		if listener.TLS != nil {
			for _, ref := range listener.TLS.CertificateRefs {
				found.Insert(set.Namespace + "/" + string(ref.Name))
			}
		}
	}
	return found
}

func (r *Reconciler) applyListenerSets(ctx context.Context, try *attempt) error {
	seen := try.stands
	changes := apply.Plan(seen.ingress, try.listenerSets(), try.desired.ListenerSets)
	applied, err := write(ctx, r, try, writing[*gatewayv1.ListenerSet]{"ListenerSet", r.listenerSetApplier, seen.ingress, changes})
	note(r, seen.ingress, known[*gatewayv1.ListenerSet]{"ListenerSet", r.listenerSets, seen.listenerSets}, applied.Writes)
	return err
}

// listenerSets are those to compare with what is desired.
func (a *attempt) listenerSets() []*gatewayv1.ListenerSet {
	found := []*gatewayv1.ListenerSet{}
	for _, name := range slices.Sorted(maps.Keys(a.stands.listenerSets)) {
		if !a.preserved.listenerSets.Has(name) {
			found = append(found, a.stands.listenerSets[name])
		}
	}
	return found
}

// gatewayOf is the Gateway that a route's parent leads to.
func (seen *observed) gatewayOf(route *gatewayv1.HTTPRoute, parent gatewayv1.ParentReference) types.NamespacedName {
	return dataplane.GatewayBehind(parent, route.Namespace, seen.listenerSets)
}
