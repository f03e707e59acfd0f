// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// protocols says on which listeners a rule set is served; 0 is every listener that admits the hosts.
type protocols int

const (
	_ protocols = iota
	// onlyHTTPS is the listeners of spec.tls, to which HTTP requests are redirected.
	onlyHTTPS
	// onlyHTTP is the Gateway's HTTP listeners: their rules redirect.
	onlyHTTP
)

// attachment is a rule set with the listeners on which it is served.
type attachment struct {
	rules.RuleSet
	protocols protocols
	// sections are the listeners of the Gateway to which the hosts are attached; empty is all that admit
	// them.
	sections []string
}

// Renderer makes HTTPRoutes of the rule sets of a KIngress.
type Renderer struct {
	in         input.Input
	specHash   string
	plan       listeners.Plan
	report     *conditions.Report
	names      sets.Set[string]                // of the routes rendered so far
	outside    sets.Set[string]                // names of routes of hosts that are not local
	serving    map[gatewayv1.Hostname][]string // names of the stored routes
	redirected sets.Set[gatewayv1.Hostname]    // by the stored routes
	mark       string                          // of the object that is rendered, for markers
	tags       map[string]string               // of the KIngress's hosts
	forUser    string                          // suffix of the names of routes that are rendered for a user's
}
