// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"errors"
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
func (r *Reconciler) applyAll(ctx context.Context, seen *observed, desired translate.Desired) ([]*apply.Refusal, error) {
	if wait, refused, err := r.applyInternalTLS(ctx, seen, desired); wait || len(refused) > 0 || err != nil {
		return refused, err
	}
	refused, err := r.applyListenerSets(ctx, seen, apply.Plan(seen.ingress, seen.currentListenerSets(), desired.ListenerSets))
	added, addErr := r.addListeners(ctx, seen, desired)
	applied, routesErr := r.apply(ctx, seen, slices.Concat(desired.Objects(), seen.keptParts(desired.Objects())))
	refused = slices.Concat(refused, added, applied.Refusals)
	if err = errors.Join(err, addErr, routesErr); err != nil {
		return refused, err
	}
	removed, err := r.removeListeners(ctx, seen, desired)
	return append(refused, removed...), errors.Join(err, r.leaveShared(ctx, seen, desired))
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
