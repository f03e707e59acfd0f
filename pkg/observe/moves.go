// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/selection"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// moves is what leaving a Gateway depends on. A Gateway of the other visibility is left
// at once: a private host must not stay public (SPEC B-SEL-7). One that is reserved for
// namespaces of which ours is none may be stayed on for the drain time only (SPEC
// B-SEL-3).
func (o *Observation) moves() translate.Moves {
	moves := translate.Moves{
		Now: o.Now, Drain: o.State.Config.Drain,
		Expelled:  map[v1alpha1.IngressVisibility]sets.Set[types.NamespacedName]{},
		Guest:     map[v1alpha1.IngressVisibility]sets.Set[types.NamespacedName]{},
		Published: map[v1alpha1.IngressVisibility]translate.Published{},
	}
	for visibility, proof := range status.ProofsOf(o.Ingress.Status) {
		published := translate.Published{Version: proof.Version}
		if proof.Moved != nil {
			published.At = *proof.Moved
		}
		if proof.Generation == o.Ingress.Generation {
			moves.Published[visibility] = published
		}
	}
	for _, visibility := range config.Visibilities {
		expelled, guest := sets.New[types.NamespacedName](), sets.New[types.NamespacedName]()
		for gateway := range o.attached() {
			switch {
			case o.expels(gateway, visibility):
				expelled.Insert(gateway)
			case o.reserved(gateway, visibility):
				guest.Insert(gateway)
			}
		}
		moves.Expelled[visibility], moves.Guest[visibility] = expelled, guest
	}
	return moves
}

// expels tells whether a Gateway is of the other visibility alone: a private host that
// stayed on it would stay public. One in both lists expels nobody, and while the list of
// the own visibility says nothing, it is not known which are in it.
func (o *Observation) expels(gateway types.NamespacedName, visibility v1alpha1.IngressVisibility) bool {
	other := v1alpha1.IngressVisibilityClusterLocal
	if visibility == other {
		other = v1alpha1.IngressVisibilityExternalIP
	}
	_, own := o.State.Config.Entry(visibility, gateway)
	_, others := o.State.Config.Entry(other, gateway)
	return others && !own && o.State.Config.ListState(visibility) != config.ListAbsent
}

// reserved tells whether a Gateway is for namespaces of which ours is none.
func (o *Observation) reserved(gateway types.NamespacedName, visibility v1alpha1.IngressVisibility) bool {
	entry, known := o.State.Config.Entry(visibility, gateway)
	return known && !selection.Admits(entry, o.Namespace.Labels)
}

// attached are the Gateways that the routes are attached to.
func (o *Observation) attached() sets.Set[types.NamespacedName] {
	found := sets.New[types.NamespacedName]()
	for _, route := range o.Routes {
		for _, parent := range route.Spec.ParentRefs {
			found.Insert(o.gatewayBehind(route, parent))
		}
	}
	return found
}
