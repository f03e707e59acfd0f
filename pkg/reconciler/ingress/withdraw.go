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

// write does what is desired. What may not be reached where it is any more is withdrawn
// before all else, for all else may fail or be refused; and so is afterwards what would
// have been withdrawn by a write that was not done (SPEC B-SEL-7, B-SEL-3).
func (r *Reconciler) write(ctx context.Context, seen *observe.Observation, desired translate.Desired) *attempt {
	try := newAttempt(seen, desired)
	before := r.withdraw(ctx, try, desired.Objects())
	err := r.applyAll(ctx, try)
	try.err = errors.Join(before, err, r.withdraw(ctx, try, nil))
	return try
}

// withdraw takes away what must not stand, but for what is about to be written anew.
func (r *Reconciler) withdraw(ctx context.Context, try *attempt, about []*gatewayv1.HTTPRoute) error {
	changes, seen := try.withdrawals(about), try.stands
	if changes.Empty() {
		return nil
	}
	applied, err := r.routes.Apply(ctx, seen.Ingress, changes)
	r.routes.record(seen.Ingress, applied.Writes, seen.Routes)
	for _, refusal := range applied.Refusals {
		err = errors.Join(err, refusal) // by whomever: it is to be tried again
	}
	return err
}

// withdrawals are the writes that withdraw hosts and Gateways from routes as they stand. What is
// about to be written anew is left to that write, and where others of its hosts or Gateways
// remain, a route is left to a write at all: for most are deleted by one.
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
			// Another field manager puts these hosts there over and over: to delete the route would cost its own hosts theirs.
		case len(left.Spec.Hostnames) == 0 || len(left.Spec.ParentRefs) == 0:
			changes.Delete = append(changes.Delete, route)
		case about == nil:
			changes.Update = append(changes.Update, apply.Update[*gatewayv1.HTTPRoute]{Current: route, Desired: left})
		}
	}
	return changes
}
