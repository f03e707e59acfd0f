// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// applyAll writes what differs, policies for backends and listeners before the routes that
// rely on them; on Gateways listeners go after them, for a route may name them there.
func (r *Reconciler) applyAll(ctx context.Context, try *attempt) error {
	try.preserved = try.stands.preserve(try.desired)
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
	for _, name := range slices.Sorted(maps.Keys(seen.routes)) {
		if !try.preserved.routes.Has(name) {
			current = append(current, seen.routes[name])
		}
	}
	changes := apply.Plan(seen.ingress, current, slices.Concat(try.desired.Objects(), try.preserved.parts))
	applied, err := write(ctx, r, try, writing[*gatewayv1.HTTPRoute]{"HTTPRoute", r.applier, seen.ingress, changes})
	note(r, seen.ingress, known[*gatewayv1.HTTPRoute]{"HTTPRoute", r.routes, seen.routes}, applied.Writes)
	try.found = slices.ContainsFunc(applied.Writes, func(write apply.Write[*gatewayv1.HTTPRoute]) bool { return write.Verb == apply.Adopted })
	if err = r.watchConflicts(ctx, seen.ingress, applied.Refusals, err); err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	return nil
}

// listeners are the facts about the HTTPS listeners of a side.
func (seen *observed) listeners(visibility v1alpha1.IngressVisibility, desired translate.Desired) []status.Listener {
	found := make([]status.Listener, 0, len(desired.Listeners))
	for _, listener := range desired.Listeners {
		if listener.Visibility != visibility {
			continue
		}
		fact := status.Listener{
			Host: listener.Host, Secret: types.NamespacedName{Namespace: seen.ingress.Namespace, Name: listener.Secret},
			SetName: listener.Set, Set: seen.listenerSets[listener.Set], Name: gatewayv1.SectionName(listener.Name), Awaited: listener.Awaited, Overlaid: listener.Overlaid,
		}
		if listener.Set == "" {
			fact.Gateway = seen.gatewaysSeen[seen.sides[visibility].entry.Gateway]
		}
		found = append(found, fact)
	}
	return found
}

// listens tells whether an answer for a host through TLS comes from the listener with its
// certificate: while the gateway does not say that it works, another one may give it. While the
// listener is not even written, nobody is to be asked in vain.
func listens(host string, listeners []status.Listener) bool {
	return !slices.ContainsFunc(unprogrammed(host, listeners), func(listener status.Listener) bool { return listener.Overlaid || listener.Unwritten() })
}

// unprogrammed are the listeners of a host of which the gateway does not say that they work.
func unprogrammed(host string, listeners []status.Listener) []status.Listener {
	return slices.DeleteFunc(slices.Clone(listeners), func(listener status.Listener) bool {
		return !dataplane.Admits(listener.Host, host) || listener.Programmed()
	})
}
