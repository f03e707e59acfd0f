// SPDX-License-Identifier: Apache-2.0

package startup

import (
	"context"
	"flag"
	"log"

	"go.opentelemetry.io/otel"
	"go.uber.org/zap"
	"k8s.io/client-go/kubernetes"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/injection/sharedmain"
	"knative.dev/pkg/logging"
	"knative.dev/pkg/observability"
	"knative.dev/pkg/system"

	"github.com/net-gateways/net-gateways/pkg/metrics"
)

// Program is one of the release.
type Program struct {
	Component string
	Metrics   *metrics.Registry
}

// Run runs it as sharedmain.MainWithContext does, with metrics that are on by default.
func (p Program) Run(ctx context.Context, constructors ...injection.ControllerConstructor) {
	alone := flag.Bool("disable-ha", false, "run without leader election (for one replica alone)")
	cfg := injection.ParseAndGetRESTConfigOrDie()
	if *alone {
		ctx = sharedmain.WithHADisabled(ctx)
	}
	client, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		log.Fatalf("Cannot make a client of the API server: %v", err)
	}
	observed, problems := observe(ctx, client.CoreV1().ConfigMaps(system.Namespace()))
	cfg.Wrap(p.Metrics.CountWrites)
	ctx = observability.WithConfig(ctx, observed)
	ctx = sharedmain.WithOTelViews(ctx, metrics.Views()...)
	constructors[0] = p.exported(problems, constructors[0])
	sharedmain.MainWithConfig(ctx, p.Component, cfg, constructors...)
}

// exported makes a constructor that first begins the export of metrics, and logs the problems with it: before constructors
// run, there is neither a meter nor a logger.
func (p Program) exported(problems []string, construct injection.ControllerConstructor) injection.ControllerConstructor {
	return func(ctx context.Context, watcher configmap.Watcher) *controller.Impl {
		logger := logging.FromContext(ctx)
		for _, problem := range problems {
			logger.Warn(problem)
		}
		if err := p.Metrics.Export(otel.GetMeterProvider()); err != nil {
			logger.Errorw("Cannot export metrics", zap.Error(err))
		}
		return construct(ctx, watcher)
	}
}
