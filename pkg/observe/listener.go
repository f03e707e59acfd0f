// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"cmp"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

// The ports that callers in the cluster use, by Serving's Services and URLs.
const callersHTTP, callersHTTPS = 80, 443

const callersMiss = "callers in the cluster cannot reach it"

// ListenerFor finds the listener at which a data plane is asked for a proof, or adds to the facts why there is
// none, or why callers in the cluster do not reach it.
func (o *Observation) ListenerFor(proof routes.Proof, side *status.Side, fact *status.Route) (listener dataplane.Listener, found bool) {
	if listener = (dataplane.Listener{Port: proof.HTTPS, TLS: true}); proof.HTTPS == 0 {
		attachment := o.Attachment(o.Sides[side.Visibility])
		attachment.Port = o.callersPort(proof, side.Visibility)
		listener, fact.NotAdmitted = attachment.ListenerFor(proof.Host)
	}
	switch {
	case proof.HTTPS != 0 && !listens(proof.Host, side.Listeners):
		fact.Unasked = notProgrammed(proof.Host, side)
	case fact.NotAdmitted != "" && (listener.Port == 0 || !side.Accepted(*fact)):
		fact.Unasked = fact.NotAdmitted
	case proof.Marker == "" && !side.Believed(*fact):
		// Without a marker, the answer may be that of a deleted object of the same name and spec.
		fact.Unasked = fmt.Sprintf("Gateway %s has not accepted it yet", side.Entry.Gateway)
	default:
		observed := o.Sides[side.Visibility]
		listener.Port = dataplane.ClientPort(listener.Port, observed.Service, observed.EndpointSlices)
		return o.forCallers(listener, proof, side, fact)
	}
	return listener, false
}

// NotProgrammed says why the status of the Gateway does not prove an HTTPS listener; it is empty if it does.
func NotProgrammed(proof routes.Proof, side *status.Side) string {
	if proof.HTTPS == 0 || len(unprogrammed(proof.Host, side.Listeners)) == 0 {
		return ""
	}
	return notProgrammed(proof.Host, side)
}

func notProgrammed(host string, side *status.Side) string {
	return fmt.Sprintf("the HTTPS listener for host %s on Gateway %s is not programmed yet", host, side.Entry.Gateway)
}

// forCallers replaces the port of a listener by the one that callers in the cluster use at the published
// address (SPEC B-RDY-9). If no listener has that port, and Serving leads callers there already, the
// listener's own port is probed: nothing gets worse.
func (o *Observation) forCallers(listener dataplane.Listener, proof routes.Proof, side *status.Side, fact *status.Route) (dataplane.Listener, bool) {
	port, observed := o.callersPort(proof, side.Visibility), o.Sides[side.Visibility]
	if port == 0 {
		return listener, true
	}
	if published := side.LoadBalancer; observed.Service == nil || len(published) == 0 || published[0].DomainInternal == "" || dataplane.Leads(port, observed.Service, observed.EndpointSlices) {
		return dataplane.Listener{Name: listener.Name, Port: port, TLS: proof.HTTPS != 0}, true
	}
	side.MissingPort = &status.MissingPort{
		Port: port, Service: types.NamespacedName{Namespace: observed.Service.Namespace, Name: observed.Service.Name},
		Listened: o.listensOn(port, proof, observed),
	}
	if !side.Published {
		fact.Unasked = callersMiss
	}
	return listener, side.Published
}

// callersPort is the port that callers in the cluster use, or 0 if there are none. They use TLS for the
// hosts whose certificates Serving names.
func (o *Observation) callersPort(proof routes.Proof, visibility v1alpha1.IngressVisibility) int32 {
	named := slices.ContainsFunc(o.Ingress.Spec.TLS, func(tls v1alpha1.IngressTLS) bool {
		return slices.ContainsFunc(tls.Hosts, func(host string) bool { return dataplane.Admits(host, proof.Host) })
	})
	switch {
	case visibility != v1alpha1.IngressVisibilityClusterLocal:
		return 0
	case proof.HTTPS == 0:
		return callersHTTP
	case named:
		return callersHTTPS
	}
	return 0
}

// listensOn tells whether a listener that is probed for the proof has a port.
func (o *Observation) listensOn(port int32, proof routes.Proof, side Side) bool {
	return proof.HTTPS == port || proof.HTTPS == 0 && o.Attachment(side).HasPort(port)
}

// Missed adds to the facts that callers do not reach the data plane: the port that they use cannot be
// reached, and none of the listeners has it. Then the Gateway's status is no proof. If something answers
// at that port, the operator must judge whether it is the data plane.
func (o *Observation) Missed(proof routes.Proof, side *status.Side, fact *status.Route, known probe.Report) {
	port, published := o.callersPort(proof, side.Visibility), side.LoadBalancer
	answered := slices.ContainsFunc(known.Results, func(result probe.Result) bool { return result.Kind != probe.Unreachable })
	if port == 0 || side.Published || answered || len(published) == 0 || o.listensOn(port, proof, o.Sides[side.Visibility]) {
		return
	}
	side.MissingPort = &status.MissingPort{Port: port, Address: cmp.Or(published[0].IP, published[0].Domain, published[0].DomainInternal)}
	fact.Unasked = callersMiss
}

// listens tells whether the answer to a probe of a host over TLS comes from the listener with its
// certificate. While the gateway does not report this as programmed, the answer may come from another
// one. While it is not even written, there is nothing to probe.
func listens(host string, listeners []status.Listener) bool {
	return !slices.ContainsFunc(unprogrammed(host, listeners), func(listener status.Listener) bool { return listener.Overlaid || listener.Unwritten() })
}

// unprogrammed are the listeners of a host that the gateway does not report as programmed.
func unprogrammed(host string, listeners []status.Listener) []status.Listener {
	return slices.DeleteFunc(slices.Clone(listeners), func(listener status.Listener) bool {
		return !dataplane.Admits(listener.Host, host) || listener.Programmed()
	})
}
