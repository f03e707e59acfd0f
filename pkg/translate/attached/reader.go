// SPDX-License-Identifier: Apache-2.0

package attached

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// reader reads the routes of one frontend, one after the other.
type reader struct {
	in       input.Input
	frontend Frontend
	own      []rules.RuleSet
	claims   claims
	tags     map[string]string       // by host
	backing  map[string][]rules.Rule // rules of Knative Services

	// Those of the present route and of the present set.
	outcome  *Outcome
	policies map[string]*gatewayv1.BackendTLSPolicy
	set      rules.RuleSet
	gateway  input.Gateway
}

// name names the frontend in messages.
func (r *reader) name() string { return r.frontend.Kind + " " + r.frontend.Name }
