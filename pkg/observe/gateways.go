// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"maps"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/selection"
)

// Observation is everything on which the translation and the status of a KIngress depend. It is
// immutable, except for the maps of a Clone.
type Observation struct {
	Relations
	Selected
	Sides map[v1alpha1.IngressVisibility]Side
	// HostHolders are the older KIngresses with a host in common, the oldest first.
	HostHolders []HostHolder
	// Sharers are other KIngresses on the same Gateway whose spec.tls names a Secret of this one's.
	Sharers map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress
	// Gateways are the selected ones that can serve, and those that have listeners of this KIngress.
	// Grants are its ReferenceGrants, by name.
	Gateways map[types.NamespacedName]*gatewayv1.Gateway
	Grants   map[string]*gatewayv1beta1.ReferenceGrant
}

// Selected is the choice of pkg/selection, with the configuration that it was made from, and the time.
type Selected struct {
	Choices map[v1alpha1.IngressVisibility]selection.Choice
	State   config.State
	Now     time.Time
}

// Gateways reads the selected Gateways, and the other KIngresses that compete for their hosts or share
// their listeners.
func Gateways(reader Reader, related *Relations, selected Selected) (*Observation, error) {
	found := &Observation{Relations: *related, Selected: selected}
	for _, read := range []func(Reader) error{found.readSides, found.readHostHolders, found.readSharers, found.readGateways, found.readGrants} {
		if err := read(reader); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Clone is a copy whose maps of the KIngress's own objects, and of Gateways, may be changed.
func (o *Observation) Clone() *Observation {
	cloned := *o
	cloned.Routes, cloned.ListenerSets, cloned.Policies = maps.Clone(o.Routes), maps.Clone(o.ListenerSets), maps.Clone(o.Policies)
	cloned.Gateways, cloned.Grants = maps.Clone(o.Gateways), maps.Clone(o.Grants)
	return &cloned
}

func (o *Observation) readSides(reader Reader) error {
	o.Sides = map[v1alpha1.IngressVisibility]Side{}
	for _, visibility := range config.Visibilities {
		side, err := o.readSide(reader, visibility)
		if err != nil {
			return err
		}
		o.Sides[visibility] = side
	}
	return nil
}

// readGateways reads the Gateways for listeners. A KIngress without the controller's finalizer has no
// listeners, so that none but the selected ones are read.
func (o *Observation) readGateways(reader Reader) error {
	o.Gateways = map[types.NamespacedName]*gatewayv1.Gateway{}
	for _, side := range o.Sides {
		if side.Serves() {
			o.Gateways[side.Entry.Gateway] = side.Gateway
		}
	}
	if !HoldsListeners(o.Ingress) {
		return nil
	}
	held, err := reader.GatewaysOf(o.Ingress)
	for _, gateway := range held {
		o.Gateways[types.NamespacedName{Namespace: gateway.Namespace, Name: gateway.Name}] = gateway
	}
	return err
}

// readGrants reads the ReferenceGrants of a KIngress that has listeners on Gateways; another one has
// none.
func (o *Observation) readGrants(reader Reader) error {
	o.Grants = map[string]*gatewayv1beta1.ReferenceGrant{}
	if !HoldsListeners(o.Ingress) {
		return nil
	}
	grants, err := reader.Grants(o.Ingress)
	o.Grants = byName(grants)
	return err
}

// availableListeners are those of these Gateways, as the KIngress may use them.
func (o *Observation) availableListeners() map[types.NamespacedName]dataplane.AvailableListeners {
	found := map[types.NamespacedName]dataplane.AvailableListeners{}
	for name, gateway := range o.Gateways {
		found[name] = dataplane.AvailableListenersOf(gateway, o.Ingress.UID, o.tenant())
	}
	return found
}
