// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"cmp"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

// The ports that callers in the cluster come to, as Serving's Services and URLs say.
const callersHTTP, callersHTTPS = 80, 443

const notProgrammed = "the HTTPS listener for host %s on Gateway %s is not programmed yet"
const callersMiss = "callers in the cluster cannot reach it"

// listenerFor finds where a proof is asked for, or writes into the fact why it cannot be.
func (q *questions) listenerFor(proof routes.Proof, side *status.Side, fact *status.Route) (listener dataplane.Listener, found bool) {
	if listener = (dataplane.Listener{Port: proof.HTTPS, TLS: true}); proof.HTTPS == 0 {
		attachment := q.seen.Attachment(q.seen.Sides[side.Visibility])
		attachment.Port = q.callersPort(proof, side.Visibility)
		listener, fact.NotAdmitted = attachment.ListenerFor(proof.Host)
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
		observed := q.seen.Sides[side.Visibility]
		listener.Port = dataplane.ClientPort(listener.Port, observed.Service, observed.EndpointSlices)
		return q.forCallers(listener, proof, side, fact)
	}
	return listener, false
}

// forCallers replaces the port of a listener by the one that callers in the cluster come to, at
// what is published for them (SPEC B-RDY-9). Where nobody listens there, and callers are led there
// already, the listener's own port has to do: nothing gets worse.
func (q *questions) forCallers(listener dataplane.Listener, proof routes.Proof, side *status.Side, fact *status.Route) (dataplane.Listener, bool) {
	port, observed := q.callersPort(proof, side.Visibility), q.seen.Sides[side.Visibility]
	if port == 0 {
		return listener, true
	}
	if published := side.LoadBalancer; observed.Service == nil || len(published) == 0 || published[0].DomainInternal == "" || dataplane.Leads(port, observed.Service, observed.EndpointSlices) {
		return dataplane.Listener{Name: listener.Name, Port: port, TLS: proof.HTTPS != 0}, true
	}
	side.MissingPort = &status.MissingPort{
		Port: port, Service: types.NamespacedName{Namespace: observed.Service.Namespace, Name: observed.Service.Name},
		Listened: q.listensOn(port, proof, observed),
	}
	if !side.Published {
		fact.Unasked = callersMiss
	}
	return listener, side.Published
}

// callersPort is the port that callers in the cluster come to, or 0 where none come: they use TLS
// for the hosts whose certificates Serving names.
func (q *questions) callersPort(proof routes.Proof, visibility v1alpha1.IngressVisibility) int32 {
	named := slices.ContainsFunc(q.seen.Ingress.Spec.TLS, func(tls v1alpha1.IngressTLS) bool {
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

// listensOn tells whether a listener through which a proof is asked for has that port.
func (q *questions) listensOn(port int32, proof routes.Proof, side observe.Side) bool {
	return proof.HTTPS == port || proof.HTTPS == 0 && q.seen.Attachment(side).HasPort(port)
}

// miss writes into the facts where callers miss the data plane: nobody can be reached at the port
// that they come to, and none of the listeners has it. Then the Gateway's word is no proof. What
// answers at that port is for the operator to judge.
func (q *questions) miss(proof routes.Proof, side *status.Side, fact *status.Route, known probe.Report) {
	port, published := q.callersPort(proof, side.Visibility), side.LoadBalancer
	answered := slices.ContainsFunc(known.Results, func(result probe.Result) bool { return result.Kind != probe.Unreachable })
	if port == 0 || side.Published || answered || len(published) == 0 || q.listensOn(port, proof, q.seen.Sides[side.Visibility]) {
		return
	}
	side.MissingPort = &status.MissingPort{Port: port, Address: cmp.Or(published[0].IP, published[0].Domain, published[0].DomainInternal)}
	fact.Unasked = callersMiss
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
