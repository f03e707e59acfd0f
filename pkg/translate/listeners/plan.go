// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// Plan says which listeners the hosts of a KIngress have, and so where TLS to each of them ends. It does
// not depend on the routes to be rendered.
type Plan struct {
	at map[v1alpha1.IngressVisibility]*Placement
	// listenerSets have the listeners that are not on a Gateway, sorted by visibility and name.
	listenerSets []*gatewayv1.ListenerSet
	// Unshared are ListenerSets that KIngresses have shared, and that none may share any more.
	Unshared sets.Set[string]
	// RequeueAfter is after how long the plan of the same input is another one; 0 is never.
	RequeueAfter time.Duration
}

// NewPlan plans the listeners that the hosts of each visibility need, and reports which it cannot plan.
func NewPlan(in input.Input) (Plan, conditions.Report) {
	plan := Plan{at: map[v1alpha1.IngressVisibility]*Placement{}, Unshared: sets.New[string]()}
	named, report := readTLS(in)
	for _, visibility := range config.Visibilities {
		p := newPlanner(in, visibility)
		p.named = named[visibility]
		if external := plan.at[config.Visibilities[0]]; external != nil && external.gateway.Name == p.gateway.Name {
			p.beside = external.sets
		}
		if _, selected := in.Gateways[visibility]; selected {
			p.placeAll()
		}
		plan.at[visibility] = &p.Placement
		plan.listenerSets = joined(plan.listenerSets, p.objects())
		plan.Unshared.Insert(slices.Collect(maps.Keys(p.unshared))...)
		plan.RequeueAfter = input.Sooner(plan.RequeueAfter, p.requeueAfter)
		report.Join(p.report)
	}
	for _, set := range plan.listenerSets {
		names.KeepFromCertManager(set)
	}
	return plan, report
}

// At says where the listeners of a visibility are.
func (p Plan) At(visibility v1alpha1.IngressVisibility) *Placement { return p.at[visibility] }

// newPlanner is for a visibility whose listeners have no places yet.
func newPlanner(in input.Input, visibility v1alpha1.IngressVisibility) planner {
	gateway := in.Gateways[visibility]
	return planner{in: in, Placement: Placement{
		visibility: visibility, gateway: gateway, available: in.AvailableListeners[gateway.Name],
		own: map[string]gatewayv1.Listener{}, onGateway: certificates{}, draining: map[place]time.Time{},
	}}
}

// placeAll places the listeners of all hosts in spec.tls.
func (p *planner) placeAll() {
	left := p.unlessRefused(p.named, p.gateway.HTTPS.Conflict)
	left = p.placeOnGateway(left)
	p.placeInSets(p.unlessRefused(left, p.gateway.HTTPS.Refusal))
}

// unlessRefused are the certificates, or none if listeners for them are refused, which it reports.
func (p *planner) unlessRefused(wanted certificates, refusal string) certificates {
	if refusal == "" || len(wanted) == 0 {
		return wanted
	}
	p.gap("HTTPS is not served, the %s hosts answer on HTTP: %s", map[v1alpha1.IngressVisibility]string{
		v1alpha1.IngressVisibilityExternalIP: "external", v1alpha1.IngressVisibilityClusterLocal: "cluster-local",
	}[p.visibility], refusal)
	return certificates{}
}
