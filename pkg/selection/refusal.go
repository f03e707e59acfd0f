// SPDX-License-Identifier: Apache-2.0

package selection

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
}

func (r *Refusal) Error() string { return r.Detail }

// Reason is the condition reason.
func (r *Refusal) Reason() string { return r.Code }

// Terminal is always true.
func (r *Refusal) Terminal() bool { return true }
