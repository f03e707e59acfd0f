// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/selection"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// write does what is desired. What may not be reached where it is any more is withdrawn
// before all else, for all else may fail or be refused; and so is afterwards what would
// have been withdrawn by a write that was not done (SPEC B-SEL-7, B-SEL-3).
func (r *Reconciler) write(ctx context.Context, seen *observed, desired translate.Desired) *attempt {
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
	applied, err := r.applier.Apply(ctx, seen.ingress, changes)
	note(r, seen.ingress, known[*gatewayv1.HTTPRoute]{"HTTPRoute", r.routes, seen.routes}, applied.Writes)
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
	for _, name := range slices.Sorted(maps.Keys(seen.routes)) {
		route := seen.routes[name]
		left, change := seen.left(route)
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

// left is what of a route may stay as it stands, and whether that is less than all. A Gateway that is
// reserved for others may be stayed on for the drain time, which begins when it could not be
// left at once.
func (seen *observed) left(route *gatewayv1.HTTPRoute) (*gatewayv1.HTTPRoute, bool) {
	hosts, parents := sets.New(route.Spec.Hostnames...), []gatewayv1.ParentReference{}
	state, begins := rollout.Decode(route.Annotations[rollout.Annotation]), false
	for _, parent := range route.Spec.ParentRefs {
		switch reserved := seen.isReserved(route, parent); {
		case reserved && state != nil && state.Moving == nil:
			begins = true
		case reserved && (state == nil || !seen.now.Before(state.Moving.Add(seen.config.Drain))):
			continue
		}
		parents = append(parents, parent)
		if seen.isPublic(route, parent) {
			hosts = hosts.Intersection(seen.hostsAt(v1alpha1.IngressVisibilityExternalIP))
		}
	}
	if !begins && len(parents) == len(route.Spec.ParentRefs) && hosts.Len() == len(route.Spec.Hostnames) {
		return nil, false
	}
	left := translate.PartOf(route, hosts)
	left.Spec.ParentRefs = parents
	if state := rollout.Decode(left.Annotations[rollout.Annotation]); begins {
		state.Moving = new(seen.now.UTC().Truncate(time.Second))
		left.Annotations[rollout.Annotation] = state.Encode()
	}
	return left, true
}

// isPublic tells whether a parent is on a Gateway of which the operator says that it serves
// what is outside of the cluster, and not that it serves what is inside. Of a Gateway of which
// nothing is said the route's own label tells.
func (seen *observed) isPublic(route *gatewayv1.HTTPRoute, parent gatewayv1.ParentReference) bool {
	gateway := seen.gatewayOf(route, parent)
	_, external := seen.config.Entry(v1alpha1.IngressVisibilityExternalIP, gateway)
	_, local := seen.config.Entry(v1alpha1.IngressVisibilityClusterLocal, gateway)
	own, labelled := translate.VisibilityOf(route)
	return !local && (external || labelled && own == v1alpha1.IngressVisibilityExternalIP)
}

// isReserved tells whether a parent is on a Gateway that only other namespaces than ours may use.
func (seen *observed) isReserved(route *gatewayv1.HTTPRoute, parent gatewayv1.ParentReference) bool {
	reserved := false
	for _, visibility := range config.Visibilities {
		if entry, known := seen.config.Entry(visibility, seen.gatewayOf(route, parent)); known {
			if selection.Admits(entry, seen.namespaceLabels) {
				return false
			}
			reserved = true
		}
	}
	return reserved
}
