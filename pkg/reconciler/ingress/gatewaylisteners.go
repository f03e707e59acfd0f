// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"
	gatewayclientset "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// onGateways is what the writing of listeners onto Gateways needs.
type onGateways struct {
	gatewayClient gatewayclientset.Interface
	grantApplier  *apply.Applier[*gatewayv1beta1.ReferenceGrant]
	// What was written lately, a cache only.
	gateways *watch.Recent[*gatewayv1.Gateway]
	grants   *watch.Recent[*gatewayv1beta1.ReferenceGrant]
	turns    *turns
}

func newOnGateways(clients gatewayclientset.Interface) onGateways {
	return onGateways{
		gatewayClient: clients, grantApplier: apply.ReferenceGrants(clients),
		gateways: watch.NewRecent[*gatewayv1.Gateway](), grants: watch.NewRecent[*gatewayv1beta1.ReferenceGrant](),
	}
}

// gatherGateways finds the Gateways that matter for listeners: the selected ones, and
// those that the KIngress has listeners on. Without our finalizer it has none.
func (r *Reconciler) gatherGateways(ctx context.Context, seen *observed) error {
	seen.gatewaysSeen, seen.grants = map[types.NamespacedName]*gatewayv1.Gateway{}, map[string]*gatewayv1beta1.ReferenceGrant{}
	for _, side := range seen.sides {
		if side.serves() {
			seen.gatewaysSeen[side.entry.Gateway] = side.gateway
		}
	}
	if !holdsListeners(seen.ingress) {
		return nil
	}
	all, err := cluster.List[gatewayv1.Gateway](ctx, r.cluster, cluster.AllGateways, "")
	if err != nil {
		return err
	}
	for _, gateway := range all {
		gateway = r.gateways.Newest(gateway)
		if dataplane.HeldListeners(gateway, seen.ingress.UID).Len() > 0 {
			seen.gatewaysSeen[apply.NameOf(gateway)] = gateway
		}
	}
	return nil
}

// gatherGrants reads the KIngress's ReferenceGrants, which only listeners on Gateways need.
func (r *Reconciler) gatherGrants(ctx context.Context, seen *observed) error {
	if !holdsListeners(seen.ingress) {
		return nil
	}
	store, err := r.cluster.Ensure(ctx, cluster.OurGrants)
	if err != nil {
		return err
	}
	return gatherControlled(ownedBy{seen, store, seen.ingress}, r.grants, seen.grants)
}

// standing is what these Gateways have for listeners.
func (seen *observed) standing() map[types.NamespacedName]dataplane.AvailableListeners {
	found := map[types.NamespacedName]dataplane.AvailableListeners{}
	for name, gateway := range seen.gatewaysSeen {
		found[name] = dataplane.AvailableListenersOf(gateway, seen.ingress.UID, seen.tenant())
	}
	return found
}

// addListeners writes listeners onto Gateways, with what they need: the grants before
// them, and the finalizer by which they go again with the KIngress.
func (r *Reconciler) addListeners(ctx context.Context, seen *observed, desired translate.Desired) ([]*apply.Refusal, error) {
	grants := apply.Plan(seen.ingress, slices.Collect(maps.Values(seen.grants)), desired.Grants)
	grants.Delete = nil
	refused, err := r.applyGrants(ctx, seen, grants)
	changes := slices.DeleteFunc(seen.listenerChanges(desired), func(change *apply.ListenerChange) bool { return !change.Adds })
	if err != nil || len(changes) == 0 {
		return refused, err
	}
	if seen.ingress, err = r.setFinalizer(ctx, seen.ingress); err != nil {
		return refused, err
	}
	again, err := r.applyListeners(ctx, seen, changes)
	return append(refused, again...), err
}

// removeListeners takes away the listeners that are not wanted any more, after the routes
// that were attached to them, and then what they needed.
func (r *Reconciler) removeListeners(ctx context.Context, seen *observed, desired translate.Desired) ([]*apply.Refusal, error) {
	changes := slices.DeleteFunc(seen.listenerChanges(desired), func(change *apply.ListenerChange) bool { return change.Adds }) // which was refused
	refused, err := r.applyListeners(ctx, seen, changes)
	if err != nil || seen.inLine || seen.pause > 0 || seen.keptGateways().Len() > 0 {
		return refused, err
	}
	grants := apply.Plan(seen.ingress, slices.Collect(maps.Values(seen.grants)), desired.Grants)
	again, err := r.applyGrants(ctx, seen, apply.Changes[*gatewayv1beta1.ReferenceGrant]{Delete: grants.Delete})
	refused = append(refused, again...)
	wanted := slices.ContainsFunc(desired.Gateways, func(listeners translate.GatewayListeners) bool { return len(listeners.Listeners) > 0 })
	for _, gateway := range seen.gatewaysSeen {
		wanted = wanted || dataplane.HeldListeners(gateway, seen.ingress.UID).Len() > 0
	}
	if err != nil || wanted {
		return refused, err
	}
	seen.ingress, err = r.dropFinalizer(ctx, seen.ingress, listenerFinalizer)
	return refused, err
}

// listenerChanges are the writes that Gateways need. Those that routes stay on although
// their side cannot be served are left alone.
func (seen *observed) listenerChanges(desired translate.Desired) []*apply.ListenerChange {
	wanted := map[types.NamespacedName][]gatewayv1.Listener{}
	for _, listeners := range desired.Gateways {
		wanted[listeners.Gateway] = listeners.Listeners
	}
	changes, kept := []*apply.ListenerChange{}, seen.keptGateways()
	for _, name := range slices.SortedFunc(maps.Keys(seen.gatewaysSeen), func(a, b types.NamespacedName) int { return strings.Compare(a.String(), b.String()) }) {
		change := apply.PlanListeners(seen.ingress.UID, seen.gatewaysSeen[name], wanted[name])
		if change != nil && !kept.Has(name) {
			changes = append(changes, change)
		}
	}
	return changes
}

// keptGateways are those of routes that stay as they are.
func (seen *observed) keptGateways() sets.Set[types.NamespacedName] {
	kept := sets.New[types.NamespacedName]()
	seen.keptParents(func(route *gatewayv1.HTTPRoute, parent gatewayv1.ParentReference) {
		kept.Insert(seen.gatewayOf(route, parent))
	})
	return kept
}

// applyListeners does the changes to the Gateways whose turn this KIngress has; for the others it is
// called.
func (r *Reconciler) applyListeners(ctx context.Context, seen *observed, changes []*apply.ListenerChange) ([]*apply.Refusal, error) {
	refused, errs := []*apply.Refusal{}, []error{}
	for _, change := range changes {
		err := r.applyInTurn(ctx, seen, change)
		var refusal *apply.Refusal
		if errors.As(err, &refusal) {
			refused = append(refused, refusal)
		} else if err != nil {
			errs = append(errs, err)
		}
	}
	return refused, errors.Join(errs...)
}

func (r *Reconciler) applyInTurn(ctx context.Context, seen *observed, change *apply.ListenerChange) error {
	name := types.NamespacedName{Namespace: change.Gateway.Namespace, Name: change.Gateway.Name}
	try := r.listenerBackoff(seen, change)
	if try.Wait > 0 {
		return nil
	}
	if !r.turns.take(name, apply.NameOf(seen.ingress)) {
		seen.inLine = true
		return nil
	}
	defer r.turns.give(name)
	stored, err := apply.Listeners(ctx, r.gatewayClient, seen.ingress.UID, *change)
	switch {
	case err != nil:
		return err
	case stored == nil:
		delete(seen.gatewaysSeen, name)
	default:
		r.gateways.Wrote(stored)
		seen.gatewaysSeen[name] = stored
		r.wroteListeners(seen, change, try)
		r.recorder.Eventf(seen.ingress, corev1.EventTypeNormal, string(apply.Updated), "%d HTTPS listeners on Gateway %s", len(change.Desired), name)
	}
	return nil
}

func (r *Reconciler) applyGrants(ctx context.Context, seen *observed, changes apply.Changes[*gatewayv1beta1.ReferenceGrant]) ([]*apply.Refusal, error) {
	applied, err := write(ctx, r, seen, writing[*gatewayv1beta1.ReferenceGrant]{"ReferenceGrant", r.grantApplier, seen.ingress, changes})
	note(r, seen.ingress, known[*gatewayv1beta1.ReferenceGrant]{"ReferenceGrant", r.grants, seen.grants}, applied.Writes)
	return applied.Refusals, err
}
