// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"cmp"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// https says how the Gateway of a side takes listeners of the KIngress.
func (seen *observed) https(side observedSide) translate.HTTPS {
	port := dataplane.HTTPSPort(side.gateway, seen.tenant(), side.service, side.slices)
	if side.service == nil { // away for a moment: what stands stays where it is
		port = cmp.Or(seen.standingPort(side.entry.Gateway), port)
	}
	return translate.HTTPS{Port: port, Refusal: dataplane.NotAdmitted(side.gateway, seen.tenant()), Conflict: dataplane.ProtocolConflict(port, side.gateway)}
}

// standingPort is that of the listeners that the KIngress has for a Gateway, or 0.
func (seen *observed) standingPort(gateway types.NamespacedName) int32 {
	for _, set := range seen.listenerSets {
		if dataplane.GatewayOfSet(set) == gateway && len(set.Spec.Listeners) > 0 {
			return set.Spec.Listeners[0].Port
		}
	}
	return 0
}

// clientPorts are those at which clients reach the listeners of the side's Gateway, where they differ.
func (s observedSide) clientPorts(https int32) map[int32]int32 {
	ports := map[int32]int32{}
	add := func(listener int32) {
		if client := dataplane.ClientPort(listener, s.service, s.slices); client != listener {
			ports[listener] = client
		}
	}
	add(https)
	for _, listener := range s.gateway.Spec.Listeners {
		add(listener.Port)
	}
	return ports
}
