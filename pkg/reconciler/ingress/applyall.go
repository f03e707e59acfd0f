// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// applyAll writes the differences: policies for backends, and listeners, before the routes that depend on
// them. Listeners are removed from Gateways after the routes, which may name them.
func (r *Reconciler) applyAll(ctx context.Context, try *attempt) error {
	try.preserved = try.stands.Preserve(try.desired)
	if wait, err := r.applyInternalTLS(ctx, try); wait || err != nil {
		return err
	}
	err := errors.Join(r.applyListenerSets(ctx, try), r.addListeners(ctx, try), r.applyRoutes(ctx, try))
	if err != nil {
		return err
	}
	return errors.Join(r.removeListeners(ctx, try), r.leaveShared(ctx, try))
}

// applyRoutes writes the HTTPRoutes that differ.
func (r *Reconciler) applyRoutes(ctx context.Context, try *attempt) error {
	seen, current := try.stands, []*gatewayv1.HTTPRoute{}
	for _, name := range slices.Sorted(maps.Keys(seen.Routes)) {
		if !try.preserved.Routes.Has(name) {
			current = append(current, seen.Routes[name])
		}
	}
	own, others := byUser(r.storable(ctx, apply.Plan(seen.Ingress, current, slices.Concat(try.desired.Objects(), try.preserved.Parts))))
	found := found[*gatewayv1.HTTPRoute]{seen.Ingress, seen.Routes}
	applied, err := r.routes.write(ctx, try, own, found)
	if !others.Empty() {
		further, failed := r.routes.write(ctx, try, others, found)
		applied.Writes, applied.Refusals = slices.Concat(applied.Writes, further.Writes), slices.Concat(applied.Refusals, further.Refusals)
		try.attachedErr = failed
	}
	try.found = slices.ContainsFunc(applied.Writes, func(write apply.Write[*gatewayv1.HTTPRoute]) bool { return write.Verb == apply.Adopted })
	if err = r.watchConflicts(ctx, seen.Ingress, applied.Refusals, err); err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	return nil
}

// storable are changes that the API server can store: names of rules only where the CRD has them (SPEC B-TRN-10).
func (r *Reconciler) storable(ctx context.Context, changes apply.Changes[*gatewayv1.HTTPRoute]) apply.Changes[*gatewayv1.HTTPRoute] {
	if r.cluster.NamesRules(ctx) {
		return changes
	}
	return apply.WithoutRuleNames(changes)
}

// byUser takes the changes of routes that are rendered for HTTPRoutes of users out of all changes. They are
// written after the others, because their failure is not one of the KIngress (SPEC B-PTH-7).
func byUser(all apply.Changes[*gatewayv1.HTTPRoute]) (own, others apply.Changes[*gatewayv1.HTTPRoute]) {
	for _, object := range all.Create {
		of := pick(object, &own, &others)
		of.Create = append(of.Create, object)
	}
	for _, update := range all.Update {
		of := pick(update.Current, &own, &others)
		of.Update = append(of.Update, update)
	}
	for _, object := range all.Delete {
		of := pick(object, &own, &others)
		of.Delete = append(of.Delete, object)
	}
	return own, others
}

func pick[T any](route *gatewayv1.HTTPRoute, own, others *T) *T {
	if names.IsAttached(route.Name) {
		return others
	}
	return own
}
