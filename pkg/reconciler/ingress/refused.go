// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// configRefused says that config-gateway is refused and that there is no good
// configuration from before. That is not "nothing configured" (SPEC B-INS-6): nobody
// knows what the operator wants, so nothing is written or taken away (SPEC B-INS-4).
type configRefused struct{ problem error }

func (e *configRefused) Error() string {
	return fmt.Sprintf("ConfigMap %s is refused: %v", config.Name, e.problem)
}
func (*configRefused) Reason() string { return status.ReasonConfigurationRefused }
func (*configRefused) Terminal() bool { return true }

// refused tells why there is no configuration to work with, or nil.
func (r *Reconciler) refused() status.Reasoned {
	state := r.config.Load()
	if state.Problem == nil || state.Configured {
		return nil
	}
	return &configRefused{state.Problem}
}
