// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"errors"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// Ingress translates a KIngress. The result depends on nothing but the input, to
// the byte (SPEC B-TRN-4). An error means that nothing of it can be translated.
//
// Each stage returns what it could not do. These reports are joined in the order of the stages
// below, set by set: another order of gaps would be a write of every status that has some.
func Ingress(in Input) (Desired, error) {
	specHash, err := specHash(in.Ingress)
	if err != nil {
		return Desired{}, err
	}
	plan, report := listeners.NewPlan(in)
	ruleSets, unread := rules.Read(in)
	report.Join(unread)
	desired, uses := Desired{Withheld: sets.New[HostAt](), Unshared: plan.Unshared}, listeners.Uses{}
	renderer, policies := newRenderer(in, specHash, plan), map[string]*gatewayv1.BackendTLSPolicy{}
	for _, set := range ruleSets {
		gateway, selected := in.Gateways[set.Visibility]
		if !selected {
			continue
		}
		secured := secureBackends(in, set, gateway)
		report.Join(secured.report)
		maps.Copy(policies, secured.policies)
		if secured.impossible {
			desired.withhold(set)
			continue
		}
		resolved, unresolved := rules.Resolve(set.Rules, in.Services, gateway)
		report.Join(unresolved)
		rendered := renderer.render(set.Of(set.Hosts, resolved), gateway)
		report.Join(rendered.report)
		desired.Routes, uses = append(desired.Routes, rendered.routes...), uses.With(rendered.uses)
	}
	desired.Gaps, desired.Refusals = report.Gaps, report.Refusals
	desired.Again = input.Sooner(settle(desired.Routes, in.Moves), plan.RequeueAfter)
	finished := plan.Finish(in, stillUsed(desired.Routes, uses))
	desired.Listeners, desired.ListenerSets = finished.Listeners, finished.ListenerSets
	desired.Gateways, desired.Grants = finished.Gateways, finished.Grants
	for _, name := range slices.Sorted(maps.Keys(policies)) {
		desired.Policies = append(desired.Policies, policies[name])
	}
	if len(policies) > 0 {
		desired.Trust = trustBundle(in.Namespace, authorities(in.Trust))
	}
	return desired, nil
}

func (d *Desired) withhold(set rules.RuleSet) {
	for _, host := range set.Hosts {
		d.Withheld.Insert(HostAt{Visibility: set.Visibility, Host: host})
	}
}

var errNoIngress = errors.New("no KIngress to translate")
