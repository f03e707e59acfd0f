// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"cmp"
	"fmt"
	"net"
	"slices"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

// questions collects the targets to probe.
type questions struct {
	seen   *observe.Observation
	known  probe.Report
	proofs status.Proofs

	asking              bool
	targets, background []probe.Target
	requeue
	// improving probes for the best proof of a route that has a weaker one; weak tells that a route of the
	// side does not have the best one yet.
	improving, weak bool
	// follows probes the address that is to be published in place of the present one.
	follows bool
	// alive probes in the mode auto, whatever the mode of the entry is.
	alive bool
}

// side adds the routes of a side to it, and their targets to the questions. If an object or the gateway
// rules the side out already, nothing is probed: its proof is dropped, and proven anew when that has been
// repaired.
func (q *questions) side(side status.Side, routes []routes.Route) status.Side {
	proven := q.proofs.Of(side.Visibility, q.seen.Ingress.Generation, side.Version)
	degraded, authProxyModes := q.proofs[side.Visibility].Degraded, q.proofs[side.Visibility].AuthProxyModes
	asked := *q
	asked.weak, asked.follows = false, proven && len(side.Next) > 0
	followed := asked.follows
	for _, route := range routes {
		if route.Visibility != side.Visibility {
			continue
		}
		asked.improving = proven && degraded[route.Object.Name] != ""
		fact, targets := asked.about(route, &side)
		if fact.Proven = proven; proven {
			followed = followed && (q.known.Prove(targets) || fact.ByStatus && side.Believed(fact) && side.Doubt() == nil)
			asked.improve(&fact, targets, side.Entry.Probe)
		} else {
			asked.targets = append(asked.targets, targets...)
		}
		side.Routes = append(side.Routes, fact)
		asked.asking = asked.asking || !proven || asked.improving || asked.follows
	}
	if followed && len(side.Routes) > 0 {
		side.LoadBalancer = side.Next
	}
	for i := range side.Routes {
		if route := &side.Routes[i]; asked.weak { // all are improved at once, by one write
			route.Degraded = cmp.Or(degraded[route.Name.Name], route.Degraded)
			route.AuthProxyMode = cmp.Or(authProxyModes[route.Name.Name], route.AuthProxyMode)
		}
	}
	if absent := q.seen.Sides[side.Visibility].Absent; absent > 0 {
		asked.in(status.GraceWhenReady - absent)
	}
	if decision := side.Decision(); decision == nil || decision.Certainty == status.Unanswered {
		*q = asked
	}
	return side
}

// improve probes in the background for a better proof of a route that has a weaker one, or for its next
// address: the route is served meanwhile. A route with the best proof is not probed otherwise, and does
// not depend on which addresses could be probed now.
func (q *questions) improve(fact *status.Route, best []probe.Target, configured probe.Mode) {
	if q.improving || q.follows {
		q.background = slices.Concat(q.background, best)
	}
	switch {
	case !q.improving:
		fact.Degraded, fact.ByStatus = "", configured == probe.Status
	case len(best) > 0 || fact.Unasked != "":
		q.weak = q.weak || !q.known.Prove(best)
	}
}

// about turns the proofs of a route into targets, or says why there are none.
func (q *questions) about(route routes.Route, side *status.Side) (status.Route, []probe.Target) {
	seen, observed := q.seen, q.seen.Sides[side.Visibility]
	name := types.NamespacedName{Namespace: route.Object.Namespace, Name: route.Object.Name}
	fact := status.Route{Name: name, Object: seen.Routes[name.Name], Unresolved: route.Unresolved, Warming: route.Warming, Parents: route.Parents()}
	fact.Unwritten = !seen.IsWritten(route)
	fact.Stays = len(route.Warming) > 0 || len(route.Leaving) > 0
	targets, pods := []probe.Target{}, dataplane.Pods(observed.Service, observed.EndpointSlices)
	for _, proof := range route.Proofs {
		if proof.Answers == "" {
			fact.ByStatus = true
			fact.Degraded = fmt.Sprintf("neither its backend nor Gateway %s can answer a probe; using the Gateway's status", side.Entry.Gateway)
			continue
		}
		listener, found := seen.ListenerFor(proof, side, &fact)
		if !found {
			continue
		}
		choice := q.choose(observed, listener, name, q.proofs[side.Visibility].AuthProxyModes[name.Name])
		fact.ByStatus, fact.Degraded = choice.Mode == probe.Status, cmp.Or(fact.Degraded, choice.Degraded)
		if choice.BehindAuthProxy {
			fact.AuthProxyMode = choice.Mode
		}
		if notProgrammed := observe.NotProgrammed(proof, side); fact.ByStatus && notProgrammed != "" {
			fact.Unasked = notProgrammed
		}
		if fact.ByStatus && choice.Degraded != "" {
			seen.Missed(proof, side, &fact, q.known.OfRoute(name.Name))
		}
		if !fact.ByStatus && len(choice.Addresses) == 0 {
			fact.Unasked = fmt.Sprintf("Gateway %s has no address to probe yet, and `probe: %s` of %s allows no other proof", side.Entry.Gateway, choice.Mode, side.Entry)
		}
		target := probe.Target{
			Gateway: side.Entry.Gateway, Route: name.Name, Scheme: "http", Host: proof.Host, Path: proof.Path,
			Hash: proof.Hash, Marker: proof.Marker, FormerMarker: proof.FormerMarker, Answers: proof.Answers, ProxyProtocol: side.Entry.ProxyProtocol,
		}
		if listener.TLS {
			target.Scheme = "https"
		}
		targets = append(targets, at(target, choice.Addresses, pods)...)
		q.background = append(q.background, at(target, choice.Background, pods)...)
	}
	return fact, targets
}

// choose decides how a route of a side is proven. For a better proof it chooses as if no target had
// refused, and adds the addresses of the Gateway: if they refuse, too, that is known then for the next
// service.
func (q *questions) choose(side observe.Side, listener dataplane.Listener, route types.NamespacedName, authProxyMode probe.Mode) probe.Choice {
	offer := probe.Offer{
		Endpoints:     dataplane.Endpoints(listener, side.Service, side.EndpointSlices),
		Addresses:     dataplane.Addresses(listener, side.Gateway, side.Service, side.EndpointSlices),
		AuthProxyMode: authProxyMode,
	}
	known := q.known.OfRoute(route.Name)
	if q.improving {
		known = probe.Report{}
	}
	mode := side.Entry.Probe
	if q.alive {
		mode = probe.Auto
	}
	choice := probe.Choose(mode, offer, known, q.seen.Now)
	if q.improving && choice.Mode == probe.DataPlane {
		choice.Background = offer.Addresses
	}
	q.in(choice.Recheck)
	return choice
}

func at(target probe.Target, addresses []string, pods map[string]types.UID) []probe.Target {
	targets := make([]probe.Target, 0, len(addresses))
	for _, address := range addresses {
		host, _, _ := net.SplitHostPort(address)
		target.Address, target.Pod = address, string(pods[host])
		targets = append(targets, target)
	}
	return targets
}
