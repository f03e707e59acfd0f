// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/selection"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// move is what the controller knows about leaving a Gateway. A route must leave a Gateway of the
// other visibility at once, because a private host must not stay public (SPEC B-SEL-7). It may
// stay for the drain time only on a Gateway that is reserved for other namespaces than the
// KIngress's (SPEC B-SEL-3).
func (o *Observation) move() input.Move {
	move := input.Move{
		Now: o.Now, Drain: o.State.Config.Drain,
		Forbidden: map[v1alpha1.IngressVisibility]sets.Set[types.NamespacedName]{},
		DrainOnly: map[v1alpha1.IngressVisibility]sets.Set[types.NamespacedName]{},
		Published: map[v1alpha1.IngressVisibility]input.Published{},
	}
	for visibility, proof := range status.ProofsOf(o.Ingress.Status) {
		published := input.Published{Version: proof.Version}
		if proof.Moved != nil {
			published.At = *proof.Moved
		}
		if proof.Generation == o.Ingress.Generation {
			move.Published[visibility] = published
		}
	}
	for _, visibility := range config.Visibilities {
		forbidden, drainOnly := sets.New[types.NamespacedName](), sets.New[types.NamespacedName]()
		for gateway := range o.attached() {
			switch {
			case o.forbidden(gateway, visibility):
				forbidden.Insert(gateway)
			case o.reserved(gateway, visibility):
				drainOnly.Insert(gateway)
			}
		}
		move.Forbidden[visibility], move.DrainOnly[visibility] = forbidden, drainOnly
	}
	return move
}

// forbidden tells whether config-gateway lists a Gateway for the other visibility only: a private
// host that stayed on it would stay public. While the list of this visibility is absent, it is not
// known which Gateways it would name, and none is forbidden.
func (o *Observation) forbidden(gateway types.NamespacedName, visibility v1alpha1.IngressVisibility) bool {
	other := v1alpha1.IngressVisibilityClusterLocal
	if visibility == other {
		other = v1alpha1.IngressVisibilityExternalIP
	}
	_, own := o.State.Config.Entry(visibility, gateway)
	_, others := o.State.Config.Entry(other, gateway)
	return others && !own && o.State.Config.ListState(visibility) != config.ListAbsent
}

// reserved tells whether a Gateway is only for namespaces of which the KIngress's is none.
func (o *Observation) reserved(gateway types.NamespacedName, visibility v1alpha1.IngressVisibility) bool {
	entry, known := o.State.Config.Entry(visibility, gateway)
	return known && !selection.Admits(entry, o.Namespace.Labels)
}

// attached are the Gateways to which the routes are attached.
func (o *Observation) attached() sets.Set[types.NamespacedName] {
	found := sets.New[types.NamespacedName]()
	for _, route := range o.Routes {
		for _, parent := range route.Spec.ParentRefs {
			found.Insert(o.gatewayBehind(route, parent))
		}
	}
	return found
}
