// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// prove asks the data planes for what was rendered and writes what they answer into
// the facts. A KIngress that is Ready with just this version is not asked again
// (SPEC B-RDY-4). It returns when to look again though nothing happens; 0 is never.
func (r *Reconciler) prove(seen *observed, desired translate.Desired, facts *status.Facts) time.Duration {
	owner := ownerOf(seen.ingress)
	ask := questions{
		proven: status.IsProven(seen.ingress.Status, seen.ingress.Generation, facts.Version),
		known:  r.prober.Known(owner),
		now:    r.clock.Now(),
	}
	for i := range facts.Sides {
		ask.side(desired.Routes, seen, &facts.Sides[i])
	}
	facts.Notes = append(facts.Notes, ask.notes...)
	if ask.proven {
		r.prober.Forget(owner)
		return 0
	}
	report := r.prober.Check(owner, ask.targets, ask.background...)
	r.prober.Nudge(owner)
	for i := range facts.Sides {
		for j := range facts.Sides[i].Routes {
			route := &facts.Sides[i].Routes[j]
			route.Report = report.OfRoute(route.Name.Name)
		}
	}
	return ask.recheck
}

// questions collects what to ask whom.
type questions struct {
	proven bool
	known  probe.Report
	now    time.Time

	targets, background []probe.Target
	notes               []status.Note
	recheck             time.Duration
}

// side asks about the routes of one visibility. Where somebody has said no already,
// nobody is asked: what was proven until then is dropped, and proven anew after the
// cure.
func (q *questions) side(routes []translate.Route, seen *observed, side *status.Side) {
	asked := *q
	for _, route := range routes {
		if route.Visibility == side.Visibility {
			side.Routes = append(side.Routes, asked.about(route, seen, side))
		}
	}
	if blocker := side.Blocker(); blocker == nil || blocker.Certainty == status.Unanswered {
		*q = asked
	}
}

// about turns one route's proof into targets, or says why there are none.
func (q *questions) about(route translate.Route, seen *observed, side *status.Side) status.Route {
	name := types.NamespacedName{Namespace: route.Object.Namespace, Name: route.Object.Name}
	fact := status.Route{Name: name, Object: seen.routes[name.Name], Proven: q.proven}
	observed := seen.sides[side.Visibility]
	listener, found := dataplane.ListenerFor(observed.gateway, observed.entry.HTTPListener, route.Proof.Host)
	switch {
	case route.Proof.Answers == "":
		fact.ByStatus = true
		q.note(fmt.Sprintf("HTTPRoute %s: neither its backend nor Gateway %s can answer a probe; using the Gateway's status", name, side.Entry.Gateway))
		return fact
	case !found:
		fact.Unasked = fmt.Sprintf("no listener of Gateway %s admits host %s", side.Entry.Gateway, route.Proof.Host)
		return fact
	}
	choice := probe.Choose(probe.Mode(observed.entry.Probe), probe.Offer{
		Endpoints: dataplane.Endpoints(listener, observed.service, observed.slices),
		Addresses: dataplane.Addresses(listener, observed.gateway),
	}, q.known.OfRoute(name.Name), q.now)
	if choice.Degraded != "" {
		q.note(fmt.Sprintf("HTTPRoute %s: %s", name, choice.Degraded))
	}
	q.recheck = soonest(q.recheck, choice.Recheck)
	fact.ByStatus = choice.Mode == probe.Status
	if !fact.ByStatus && len(choice.Addresses) == 0 {
		fact.Unasked = fmt.Sprintf("probe mode %s of %s: Gateway %s has no address to ask", choice.Mode, side.Entry, side.Entry.Gateway)
	}
	target := probe.Target{
		Gateway:       side.Entry.Gateway,
		Route:         name.Name,
		Scheme:        "http",
		Host:          route.Proof.Host,
		Path:          route.Proof.Path,
		Hash:          route.Proof.Hash,
		Answers:       route.Proof.Answers,
		ProxyProtocol: observed.entry.ProxyProtocol,
	}
	if listener.TLS {
		target.Scheme = "https"
	}
	q.targets = append(q.targets, at(target, choice.Addresses)...)
	q.background = append(q.background, at(target, choice.Background)...)
	return fact
}

func at(target probe.Target, addresses []string) []probe.Target {
	targets := make([]probe.Target, 0, len(addresses))
	for _, address := range addresses {
		target.Address = address
		targets = append(targets, target)
	}
	return targets
}

func (q *questions) note(message string) {
	q.notes = append(q.notes, status.Note{Reason: status.ReasonProbeDegraded, Message: message})
}
