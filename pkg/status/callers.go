// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
)

// MissingPort is a port that callers in the cluster connect to and that no listener has: Serving leads
// them to the published address, where they use port 80, or 443 with TLS, whatever the listener's port
// is (SPEC B-RDY-9).
type MissingPort struct {
	Port int32
	// Service is the published one; if it has no name, Address is published.
	Service types.NamespacedName
	Address string
	// Listened tells that a listener of the Gateway has the port.
	Listened bool
}

// callersArrive reports a Gateway that serves its hosts on a port that callers do not use. If they are led there
// already, it is only an advisory, because nothing gets worse.
func callersArrive(s Side) *Blocker {
	switch {
	case s.MissingPort == nil || s.Published:
		return nil
	case s.MissingPort.Listened, s.MissingPort.Service.Name == "":
		return waiting(loadBalancer, conditions.ReasonGatewayUnsuitable, s.unsuitable()) // the implementation may add the port
	}
	found := answered(loadBalancer, conditions.ReasonGatewayUnsuitable, s.unsuitable())
	found.Terminal = true
	return found
}

// unsuitable says what to change so that callers in the cluster reach a listener.
func (s Side) unsuitable() string {
	at, change := "Service "+s.MissingPort.Service.String(), fmt.Sprintf("add a listener with this port to spec.listeners of Gateway %s", s.Entry.Gateway)
	switch {
	case s.MissingPort.Service.Name == "":
		at = "address " + s.MissingPort.Address
	case s.Entry.Service.Name != "":
		change = fmt.Sprintf("give it this port, with the targetPort of the listener, or change `service` of %s in ConfigMap %s", s.Entry, config.Name)
	case s.MissingPort.Listened:
		change = fmt.Sprintf("a listener of Gateway %s has this port, and its implementation has not given it to the Service yet", s.Entry.Gateway)
	case s.MissingPort.Port != 80:
		change = fmt.Sprintf("give the HTTPS listeners in spec.listeners of Gateway %s this port", s.Entry.Gateway)
	}
	return fmt.Sprintf("callers in the cluster come to port %d of %s, where nothing listens: %s", s.MissingPort.Port, at, change)
}
