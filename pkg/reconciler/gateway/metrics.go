// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// exportConfiguration exports the state of config-gateway: 1 for the present one, 0 for the others, so that
// an alert can tell "nothing configured" from "refused".
func exportConfiguration(store *config.Store) {
	meter := otel.Meter("github.com/net-gateways/net-gateways")
	// Only a malformed name can fail, and this one is a constant.
	_, _ = meter.Int64ObservableGauge("net_gateways.config.state",
		metric.WithDescription("State of ConfigMap config-gateway: unconfigured, configured, kept (a list is missing, its last entries stay in effect) or refused (it is invalid, the last valid version stays in effect)."),
		metric.WithInt64Callback(func(_ context.Context, observer metric.Int64Observer) error {
			present := stateName(store.Load())
			for _, name := range []string{"unconfigured", "configured", "kept", "refused"} {
				value := int64(0)
				if name == present {
					value = 1
				}
				observer.Observe(value, metric.WithAttributes(attribute.String("state", name)))
			}
			return nil
		}))
}

func stateName(state config.State) string {
	switch {
	case state.Problem != nil:
		return "refused"
	case len(state.Missing) > 0:
		return "kept"
	case state.Configured:
		return "configured"
	}
	return "unconfigured"
}
