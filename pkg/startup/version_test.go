// SPDX-License-Identifier: Apache-2.0

package startup

import (
	"context"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/logging"

	"github.com/net-gateways/net-gateways/pkg/version"
)

// TestLogged: the log has the version before the constructor runs.
func TestLogged(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	ctx, ran := logging.WithLogger(t.Context(), zap.New(core).Sugar()), false
	Logged(func(context.Context, configmap.Watcher) *controller.Impl {
		ran = true
		if logs.FilterField(zap.String("version", version.String())).Len() != 1 {
			t.Errorf("logged before the constructor: %v", logs.All())
		}
		return nil
	})(ctx, nil)
	if !ran {
		t.Error("The constructor has not run")
	}
}
