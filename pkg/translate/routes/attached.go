// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"fmt"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// For returns a Renderer for what a user's HTTPRoute adds to the hosts of the KIngress. Its routes have
// names, versions and markers of their own: a change of one is no new version of the KIngress, nor the other
// way round.
func (r Renderer) For(source *gatewayv1.HTTPRoute) Renderer {
	r.forUser = names.AttachedSuffix(source.Name)
	r.specHash = rollout.Hash("attached", string(source.UID))
	r.mark = fmt.Sprintf("%s.%d", source.UID, source.Generation)
	return r
}

// RenderAttached makes the HTTPRoutes of a set of a user's HTTPRoute. They follow the own ones onto their
// listeners. Where HTTP is redirected, the redirect of the own ones is for all paths.
func (r Renderer) RenderAttached(set rules.RuleSet, gateway input.Gateway) (found []Route) {
	r.report = &conditions.Report{} // what there is to report, the own routes and pkg/translate/attached do
	attachments, _ := r.redirects(set, gateway)
	for _, redirected := range attachments {
		if redirected.protocols == onlyHTTP {
			continue
		}
		for _, attached := range r.attached(redirected, gateway) {
			found = append(found, r.routes(attached, gateway)...)
		}
	}
	return found
}
