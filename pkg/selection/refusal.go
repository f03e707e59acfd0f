// SPDX-License-Identifier: Apache-2.0

package selection

import "github.com/net-gateways/net-gateways/pkg/config"

// Reasons why there is no Gateway, as KIngress conditions show them.
const (
	ReasonNotConfigured   = "GatewayNotConfigured"
	ReasonGatewayNotFound = "GatewayNotFound"
)

// Refusal says why no entry serves a KIngress. It is terminal: a change of the
// KIngress or of config-gateway, both of which are watched, is what cures it.
type Refusal struct {
	Code   string
	Detail string
	// Wish is what the list says: not Gateways where it names none.
	Wish config.Wish
}

func (r *Refusal) Error() string { return r.Detail }

// Reason is the condition reason.
func (r *Refusal) Reason() string { return r.Code }

// Terminal is always true.
func (r *Refusal) Terminal() bool { return true }
