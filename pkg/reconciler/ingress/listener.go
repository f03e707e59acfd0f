// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

const notProgrammed = "the HTTPS listener for host %s on Gateway %s is not programmed yet"

// tenant is the KIngress's namespace.
func (seen *observed) tenant() dataplane.Tenant {
	return dataplane.Tenant{Namespace: seen.ingress.Namespace, Labels: seen.namespaceLabels}
}

// attachment is how the KIngress's routes are attached to the Gateway of a side.
func (seen *observed) attachment(side observedSide) dataplane.Attachment {
	return dataplane.Attachment{Gateway: side.gateway, Section: side.entry.HTTPListener, Tenant: seen.tenant()}
}

// listenerFor finds where a proof is asked for, or writes into the fact why it cannot be.
func (seen *observed) listenerFor(proof translate.Proof, side *status.Side, fact *status.Route) (listener dataplane.Listener, found bool) {
	if listener = (dataplane.Listener{Port: proof.HTTPS, TLS: true}); proof.HTTPS == 0 {
		listener, fact.NotAdmitted = seen.attachment(seen.sides[side.Visibility]).ListenerFor(proof.Host)
	}
	switch {
	case proof.HTTPS != 0 && !listens(proof.Host, side.Listeners):
		fact.Unasked = fmt.Sprintf(notProgrammed, proof.Host, side.Entry.Gateway)
	case fact.NotAdmitted != "" && (listener.Port == 0 || !side.Accepted(*fact)):
		fact.Unasked = fact.NotAdmitted
	case proof.Marker == "" && !side.Believed(*fact):
		// Without a marker an object of the same name and spec that is gone may answer.
		fact.Unasked = fmt.Sprintf("Gateway %s has not accepted it yet", side.Entry.Gateway)
	default:
		return listener, true
	}
	return listener, false
}
