// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"

	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

// attachedProof is a user's HTTPRoute with the answers of data planes about what is rendered for it.
type attachedProof struct {
	translate.Attached
	facts status.AttachedFacts
	// routes are those of the facts, side by side.
	routes [][]routes.Route
}

// attached are the facts about a user's HTTPRoute, and the questions about it. A version is asked for until
// it is proven once; afterwards only while new backends are warmed, old ones are retained, or the parent moves.
func (q *questions) attached(sides []status.Side, one translate.Attached) attachedProof {
	found := attachedProof{Attached: one, facts: status.FactsOf(one.Route)}
	asked := []questions{}
	for _, side := range sides {
		of := slices.DeleteFunc(slices.Clone(one.Routes), func(route routes.Route) bool { return route.Visibility != side.Visibility })
		if len(of) == 0 {
			continue
		}
		ask := questions{seen: q.seen, known: q.known, proofs: q.proofs}
		side.Routes = nil
		for _, route := range of {
			fact, targets := ask.about(route, &side)
			side.Routes, ask.targets = append(side.Routes, fact), slices.Concat(ask.targets, targets)
		}
		asked, found.routes = append(asked, ask), append(found.routes, of)
		found.facts.Sides = append(found.facts.Sides, side)
	}
	served := found.facts.WasServed(one.Source)
	for i, side := range found.facts.Sides {
		found.facts.Held = found.facts.Held || status.IsServed(one.Source, one.Frontend) && leaves(found.routes[i])
		open := slices.ContainsFunc(found.routes[i], func(route routes.Route) bool { return len(route.Warming) > 0 || route.Retains() })
		if decision := side.Decision(); (!served || open || leaves(found.routes[i])) && (decision == nil || decision.Certainty == status.Unanswered) {
			q.targets, q.background, q.asking = append(q.targets, asked[i].targets...), append(q.background, asked[i].background...), true
			q.in(asked[i].soonest)
		}
	}
	found.facts.Recall(one.Source)
	return found
}

func leaves(all []routes.Route) bool {
	return slices.ContainsFunc(all, func(route routes.Route) bool { return len(route.Leaving) > 0 })
}

// answered adds the answers to the facts about a user's HTTPRoute, and asks for a reconcile at once if they let
// the rendering go on.
func (p *proofs) answered(seen *observe.Observation, one attachedProof, report probe.Report) {
	for i, side := range one.facts.Sides {
		for j, route := range one.routes[i] {
			fact := &side.Routes[j]
			fact.Report = report.OfRoute(fact.Name.Name)
			if !fact.Unwritten && fact.Report.Proven() && (len(route.Warming) > 0 || route.Retains()) {
				p.in(atOnce)
			}
		}
	}
	p.await(seen, one)
}

// await makes the move of a side to another Gateway wait for a user's HTTPRoute that was served before: until
// the new Gateway serves it, its paths would lead to the wrong service there. One that is refused does not
// hold the move up, and none does for longer than the drain time (SPEC B-PTH-6, B-PTH-7).
func (p *proofs) await(seen *observe.Observation, one attachedProof) {
	if !status.IsServed(one.Source, one.Frontend) {
		return
	}
	for i, side := range one.facts.Sides {
		blocker := side.AttachedBlocker()
		at := slices.IndexFunc(p.sides, func(own status.Side) bool { return own.Visibility == side.Visibility })
		own := &p.sides[at]
		proven := slices.ContainsFunc(own.Routes, func(fact status.Route) bool { return fact.Proven })
		if blocker == nil || blocker.Certainty > status.Unanswered || !own.Leaving || proven {
			continue
		}
		for j, route := range one.routes[i] {
			state := rollout.Decode(route.Object.Annotations[rollout.Annotation])
			if len(route.Leaving) == 0 || state == nil || state.Moving == nil || side.Routes[j].Proven {
				continue
			}
			if left := state.Moving.Add(seen.State.Config.Drain).Sub(seen.Now); left > 0 {
				own.Routes = append(own.Routes, side.Routes[j])
				p.in(left)
			}
		}
	}
}
