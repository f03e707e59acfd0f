// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"errors"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// write writes the desired objects. Before that it withdraws hosts from Gateways on which they must not
// be reached any more, because all other writes may fail or be refused. Afterwards it withdraws those
// that a write should have withdrawn that was not done (SPEC B-SEL-7, B-SEL-3).
func (r *Reconciler) write(ctx context.Context, seen *observe.Observation, desired translate.Desired) *attempt {
	try := newAttempt(seen, desired)
	before := r.withdraw(ctx, try, desired.Objects())
	err := r.applyAll(ctx, try)
	try.err = errors.Join(before, err, r.withdraw(ctx, try, nil))
	return try
}

// withdraw withdraws hosts and Gateways from stored routes, except from routes that are about to be
// written.
func (r *Reconciler) withdraw(ctx context.Context, try *attempt, about []*gatewayv1.HTTPRoute) error {
	changes, seen := try.withdrawals(about), try.stands
	if changes.Empty() {
		return nil
	}
	applied, err := r.routes.Apply(ctx, seen.Ingress, r.storable(ctx, changes))
	r.routes.record(seen.Ingress, applied.Writes, seen.Routes)
	for _, refusal := range applied.Refusals {
		err = errors.Join(err, refusal) // whoever refused it: it is retried
	}
	return err
}

// withdrawals are the writes that withdraw hosts and Gateways from stored routes. They delete a route of
// which no hosts or no Gateways remain. A route in about is left to the write that follows. A route of
// which a part remains is withdrawn only if about is nil, after the other writes, because these delete
// most such routes.
func (a *attempt) withdrawals(about []*gatewayv1.HTTPRoute) apply.Changes[*gatewayv1.HTTPRoute] {
	seen := a.stands
	names, changes := sets.New[string](), apply.Changes[*gatewayv1.HTTPRoute]{}
	for _, route := range about {
		names.Insert(route.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(seen.Routes)) {
		route := seen.Routes[name]
		left, change := seen.Remaining(route)
		switch {
		case !change || route.DeletionTimestamp != nil || names.Has(name):
		case a.contested.Has(apply.Contested{Kind: "HTTPRoute", Name: apply.NameOf(route)}) && len(left.Spec.ParentRefs) == len(route.Spec.ParentRefs):
			// Another field manager keeps adding these hosts: deleting the route would cost its other hosts
			// their traffic.
		case len(left.Spec.Hostnames) == 0 || len(left.Spec.ParentRefs) == 0:
			changes.Delete = append(changes.Delete, route)
		case about == nil:
			changes.Update = append(changes.Update, apply.Update[*gatewayv1.HTTPRoute]{Current: route, Desired: left})
		}
	}
	return changes
}
