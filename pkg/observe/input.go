// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"cmp"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/features"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// Input is what the translation depends on, without the answers to probes.
func (o *Observation) Input() input.Input {
	conflicting, _ := o.conflictingHosts()
	return input.Input{
		Ingress:          o.Ingress,
		Namespace:        o.Namespace,
		Gateways:         o.gateways(),
		Services:         o.Services,
		RewriteTargets:   o.RewriteTargets,
		Attached:         o.attachedNow(),
		Backing:          o.Backing,
		ConflictingHosts: conflicting,
		Routes:           o.Routes,
		LiveServices:     o.LiveServices,
		Move:             o.move(),

		ListenerSets:       o.ListenerSets,
		NoListenerSets:     o.NoListenerSets,
		Sharers:            o.Sharers,
		AvailableListeners: o.availableListeners(),
		Grants:             o.Grants,
		Trust:              o.Trust,
	}
}

func (o *Observation) gateways() map[v1alpha1.IngressVisibility]input.Gateway {
	selected := map[v1alpha1.IngressVisibility]input.Gateway{}
	for visibility, side := range o.Sides {
		if !side.Serves() {
			continue
		}
		controllerName, https := string(side.Controller()), o.https(side)
		selected[visibility] = input.Gateway{
			Name:    side.Entry.Gateway,
			Warms:   features.Warms(side.Controller()),
			Merges:  features.Merges(side.Controller()),
			Section: side.Entry.HTTPListener,
			HTTPS:   https,

			HTTPListeners: o.Attachment(side).HTTPListeners(),
			ClientPorts:   side.clientPorts(https.Port),
			Features:      features.Supported(controllerName, side.Class, side.Entry.Features),
		}
	}
	return selected
}

// https says how the Gateway of a side takes listeners of the KIngress.
func (o *Observation) https(side Side) input.HTTPS {
	port := dataplane.HTTPSPort(side.Gateway, o.tenant(), side.Service, side.EndpointSlices)
	if side.Service == nil { // away for a moment: the stored listeners keep their port
		port = cmp.Or(o.storedPort(side.Entry.Gateway), port)
	}
	return input.HTTPS{Port: port, Refusal: dataplane.NotAdmitted(side.Gateway, o.tenant()), Conflict: dataplane.ProtocolConflict(port, side.Gateway)}
}

// storedPort is the port of the KIngress's stored listeners for a Gateway, or 0.
func (o *Observation) storedPort(gateway types.NamespacedName) int32 {
	for _, set := range o.ListenerSets {
		if dataplane.GatewayOfSet(set) == gateway && len(set.Spec.Listeners) > 0 {
			return set.Spec.Listeners[0].Port
		}
	}
	return 0
}

// clientPorts are the ports at which clients reach the listeners of the side's Gateway, by the port of
// the listener, where they differ.
func (s Side) clientPorts(https int32) map[int32]int32 {
	ports := map[int32]int32{}
	add := func(listener int32) {
		if client := dataplane.ClientPort(listener, s.Service, s.EndpointSlices); client != listener {
			ports[listener] = client
		}
	}
	add(https)
	for _, listener := range s.Gateway.Spec.Listeners {
		add(listener.Port)
	}
	return ports
}
