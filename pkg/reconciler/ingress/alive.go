// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

// alive adds the liveness of the data planes whose Gateways report a negative condition, if the KIngress
// is settled on them.
func (r *Reconciler) alive(seen *observe.Observation, desired translate.Desired, found *proofs) {
	questions := map[types.NamespacedName]aliveQuestion{}
	for _, side := range found.sides {
		if !side.Settled() || side.Decision() != nil || side.Doubt() == nil {
			continue
		}
		if question := aliveQuestionAbout(seen, desired.Routes, side); question.able || !questions[side.Entry.Gateway].able {
			questions[side.Entry.Gateway] = question
		}
	}
	known, requeueAfter := r.liveness.of(ownerOf(seen.Ingress), questions, seen.Now)
	for i := range found.sides {
		found.sides[i].Liveness = known[found.sides[i].Entry.Gateway]
	}
	found.in(requeueAfter)
}

// aliveQuestionAbout asks for a route whose proof is as good as the entry asks for. If the Gateway's
// status is the proof, there is no such route.
func aliveQuestionAbout(seen *observe.Observation, routes []routes.Route, side status.Side) aliveQuestion {
	degraded := status.ProofsOf(seen.Ingress.Status)[side.Visibility].Degraded
	question, observed := aliveQuestion{}, seen.Sides[side.Visibility]
	canBeAsked := len(observed.Gateway.Status.Addresses) > 0 || dataplane.HasReady(observed.Service, observed.EndpointSlices)
	for _, route := range routes {
		if route.Visibility != side.Visibility || degraded[route.Object.Name] != "" || side.Entry.Probe == probe.Status {
			continue
		}
		ask := questions{seen: seen, alive: true}
		_, question.targets = ask.about(route, &side)
		if question.able = len(question.targets) > 0 || !canBeAsked; question.able {
			break
		}
	}
	return question
}
