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
	changes := apply.Plan(seen.Ingress, current, slices.Concat(try.desired.Objects(), try.preserved.Parts))
	applied, err := r.routes.write(ctx, try, changes, found[*gatewayv1.HTTPRoute]{seen.Ingress, seen.Routes})
	try.found = slices.ContainsFunc(applied.Writes, func(write apply.Write[*gatewayv1.HTTPRoute]) bool { return write.Verb == apply.Adopted })
	if err = r.watchConflicts(ctx, seen.Ingress, applied.Refusals, err); err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	return nil
}
