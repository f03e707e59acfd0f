// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"maps"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/translate/backendtls"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// Ingress translates a KIngress. The same input gives the same result, to the byte (SPEC B-TRN-4). An
// error means that nothing of the KIngress can be translated.
//
// Each stage reports what it could not do. The reports are joined in the order of the stages, set by set:
// another order would change the message of every KIngress with gaps, and so write its status.
func Ingress(in input.Input) (Desired, error) {
	hash, err := routes.SpecHash(in.Ingress)
	if err != nil {
		return Desired{}, err
	}
	plan, report := listeners.NewPlan(in)
	ruleSets, unread := rules.Read(in)
	report.Join(unread)
	desired, uses := Desired{PreservedHosts: sets.New[input.HostAt](), Unshared: plan.Unshared}, listeners.Uses{}
	renderer, policies := routes.NewRenderer(in, hash, plan), map[string]*gatewayv1.BackendTLSPolicy{}
	for _, set := range ruleSets {
		gateway, selected := in.Gateways[set.Visibility]
		if !selected {
			continue
		}
		secured := backendtls.Secure(in, set, gateway)
		report.Join(secured.Report)
		maps.Copy(policies, secured.Policies)
		if secured.Impossible {
			desired.preserve(set)
			continue
		}
		resolved, unresolved := rules.Resolve(set.Rules, in.Services, gateway)
		report.Join(unresolved)
		rendered := renderer.Render(set.Of(set.Hosts, resolved), gateway)
		report.Join(rendered.Report)
		desired.Routes, uses = append(desired.Routes, rendered.Routes...), uses.With(rendered.Uses)
	}
	desired.Gaps, desired.Refusals = report.Gaps, report.Refusals
	desired.RequeueAfter = input.Sooner(routes.Settle(desired.Routes, in.Move), plan.RequeueAfter)
	for _, route := range attached.Read(in, ruleSets) {
		maps.Copy(policies, route.Policies)
		desired.attach(in, route, renderer)
	}
	desired.Finished = plan.Finish(in, routes.StillUsed(desired.All(), uses))
	desired.Policies, desired.Trust = backendtls.Objects(in, policies)
	return desired, nil
}

// attach renders what a user's HTTPRoute adds to the hosts of the KIngress.
func (d *Desired) attach(in input.Input, route attached.Route, renderer routes.Renderer) {
	rendered := Attached{Route: route}
	for _, set := range route.Sets {
		if d.PreservedHosts.Has(input.HostAt{Visibility: set.Visibility, Host: set.Hosts[0]}) {
			continue // what is stored for these hosts stays, and they are all of one set of the KIngress
		}
		rendered.Routes = append(rendered.Routes, renderer.For(route.Source).RenderAttached(set, in.Gateways[set.Visibility])...)
	}
	d.RequeueAfter = input.Sooner(d.RequeueAfter, routes.SettleAttached(rendered.Routes, d.Routes, in.Move, in.Answered))
	d.Attached = append(d.Attached, rendered)
}

func (d *Desired) preserve(set rules.RuleSet) {
	for _, host := range set.Hosts {
		d.PreservedHosts.Insert(input.HostAt{Visibility: set.Visibility, Host: host})
	}
}
