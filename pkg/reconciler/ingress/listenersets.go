// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"maps"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

func (r *Reconciler) applyListenerSets(ctx context.Context, try *attempt) error {
	seen := try.stands
	changes := apply.Plan(seen.Ingress, try.listenerSets(), try.desired.ListenerSets)
	_, err := r.listenerSets.write(ctx, try, changes, found[*gatewayv1.ListenerSet]{seen.Ingress, seen.ListenerSets})
	return err
}

// listenerSets are the stored ListenerSets to compare with the desired ones.
func (a *attempt) listenerSets() []*gatewayv1.ListenerSet {
	found := []*gatewayv1.ListenerSet{}
	for _, name := range slices.Sorted(maps.Keys(a.stands.ListenerSets)) {
		if !a.preserved.ListenerSets.Has(name) {
			found = append(found, a.stands.ListenerSets[name])
		}
	}
	return found
}
