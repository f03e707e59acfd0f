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
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
)

// addListeners writes listeners onto Gateways: before them the grants that they need, and the finalizer
// because of which they are removed with the KIngress.
func (r *Reconciler) addListeners(ctx context.Context, try *attempt) error {
	grants := try.grantChanges()
	grants.Delete = nil
	err := r.applyGrants(ctx, try, grants)
	changes := slices.DeleteFunc(try.listenerChanges(), func(change *apply.ListenerChange) bool { return !change.Adds })
	if err != nil || len(changes) == 0 {
		return err
	}
	if try.stands.Ingress, err = r.setFinalizer(ctx, try.stands.Ingress); err != nil {
		return err
	}
	return r.applyListeners(ctx, try, changes)
}

// removeListeners removes the listeners that are not wanted any more, after the routes that were attached
// to them, and then the grants and the finalizer.
func (r *Reconciler) removeListeners(ctx context.Context, try *attempt) error {
	seen := try.stands
	changes := slices.DeleteFunc(try.listenerChanges(), func(change *apply.ListenerChange) bool { return change.Adds }) // an addition has been refused
	err := r.applyListeners(ctx, try, changes)
	if err != nil || try.unfinished() || try.preserved.Gateways.Len() > 0 {
		return err
	}
	err = r.applyGrants(ctx, try, apply.Changes[*gatewayv1beta1.ReferenceGrant]{Delete: try.grantChanges().Delete})
	wanted := slices.ContainsFunc(try.desired.Gateways, func(listeners listeners.GatewayListeners) bool { return len(listeners.Listeners) > 0 })
	for _, gateway := range seen.Gateways {
		wanted = wanted || dataplane.HeldListeners(gateway, seen.Ingress.UID).Len() > 0
	}
	if err != nil || wanted {
		return err
	}
	seen.Ingress, err = r.dropFinalizer(ctx, seen.Ingress, observe.ListenerFinalizer)
	return err
}

// listenerChanges are the writes of Gateways whose listeners differ.
func (a *attempt) listenerChanges() []*apply.ListenerChange {
	wanted := map[types.NamespacedName][]gatewayv1.Listener{}
	for _, listeners := range a.desired.Gateways {
		wanted[listeners.Gateway] = listeners.Listeners
	}
	changes, gateways := []*apply.ListenerChange{}, a.stands.Gateways
	for _, name := range slices.SortedFunc(maps.Keys(gateways), func(a, b types.NamespacedName) int { return strings.Compare(a.String(), b.String()) }) {
		change := apply.PlanListeners(a.stands.Ingress.UID, gateways[name], wanted[name])
		if change != nil && !a.preserved.Gateways.Has(name) {
			changes = append(changes, change)
		}
	}
	return changes
}

// applyListeners does the changes to the Gateways whose lock is free. For the others, the KIngress is
// enqueued when it is.
func (r *Reconciler) applyListeners(ctx context.Context, try *attempt, changes []*apply.ListenerChange) error {
	errs := []error{}
	for _, change := range changes {
		err := r.applyLocked(ctx, try, change)
		var refusal *apply.Refusal
		if errors.As(err, &refusal) {
			try.refused = append(try.refused, refusal)
		} else if err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (r *Reconciler) applyLocked(ctx context.Context, try *attempt, change *apply.ListenerChange) error {
	ing, gateways, name := try.stands.Ingress, try.stands.Gateways, apply.NameOf(change.Gateway)
	backoff := r.listenerBackoff(ing, change)
	if backoff.Wait > 0 {
		try.putOff(listenersOn(ing, change), backoff.Wait)
		return nil
	}
	if !r.gatewayLocks.acquire(name, apply.NameOf(ing)) {
		try.awaitsLock = true
		return nil
	}
	defer r.gatewayLocks.release(name)
	stored, err := apply.Listeners(ctx, r.gatewayClient, ing.UID, *change)
	switch {
	case err != nil:
		return err
	case stored == nil:
		delete(gateways, name)
	default:
		r.gateways.Wrote(stored)
		gateways[name] = stored
		r.wroteListeners(ing, change, backoff)
		r.recorder.Eventf(ing, corev1.EventTypeNormal, string(apply.Updated), "%d HTTPS listeners on Gateway %s", len(change.Desired), name)
	}
	return nil
}

func (a *attempt) grantChanges() apply.Changes[*gatewayv1beta1.ReferenceGrant] {
	return apply.Plan(a.stands.Ingress, slices.Collect(maps.Values(a.stands.Grants)), a.desired.Grants)
}

func (r *Reconciler) applyGrants(ctx context.Context, try *attempt, changes apply.Changes[*gatewayv1beta1.ReferenceGrant]) error {
	_, err := r.grants.write(ctx, try, changes, found[*gatewayv1beta1.ReferenceGrant]{try.stands.Ingress, try.stands.Grants})
	return err
}
