// SPDX-License-Identifier: Apache-2.0

package startup

import (
	"context"

	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/logging"

	"github.com/net-gateways/net-gateways/pkg/version"
)

// Logged makes a constructor that first logs the version. Before constructors run, there is
// no logger.
func Logged(construct injection.ControllerConstructor) injection.ControllerConstructor {
	return func(ctx context.Context, cmw configmap.Watcher) *controller.Impl {
		logging.FromContext(ctx).Infow("Starting net-gateways", "version", version.String())
		return construct(ctx, cmw)
	}
}
