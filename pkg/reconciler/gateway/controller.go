// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"context"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
	ingressinformer "knative.dev/networking/pkg/client/injection/informers/networking/v1alpha1/ingress"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/logging"
	"knative.dev/pkg/reconciler"
	"knative.dev/pkg/system"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/heartbeat"
	"github.com/net-gateways/net-gateways/pkg/metrics"
	"github.com/net-gateways/net-gateways/pkg/panics"
	"github.com/net-gateways/net-gateways/pkg/reconciler/events"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// NewController returns the constructor that wires the reconciler of config-gateway to what it watches.
func NewController(connect func(context.Context) cluster.Connection, counted *metrics.Registry) injection.ControllerConstructor {
	return func(ctx context.Context, cmw configmap.Watcher) *controller.Impl {
		return newController(ctx, cmw, connect(ctx), counted)
	}
}

func newController(ctx context.Context, cmw configmap.Watcher, connection cluster.Connection, counted *metrics.Registry) *controller.Impl {
	logger := logging.FromContext(ctx)
	r := &Reconciler{
		client:   connection.Gateway,
		recorder: newOnceRecorder(events.Recorder(ctx), logger), contests: apply.NewContests(),
		stacks: panics.Stacks{Logger: logger},
	}
	r.PromoteFunc = func(bucket reconciler.Bucket, enqueue func(reconciler.Bucket, types.NamespacedName)) error {
		counted.Leads(metrics.Gateways, bucket.Name(), true)
		if bucket.Has(key()) {
			r.heart.Start(ctx)
		}
		enqueue(bucket, key())
		return nil
	}
	r.DemoteFunc = func(bucket reconciler.Bucket) {
		counted.Leads(metrics.Gateways, bucket.Name(), false)
		if bucket.Has(key()) {
			r.heart.Stop()
		}
	}
	impl := controller.NewContext(ctx, r, controller.ControllerOptions{
		WorkQueueName: "gateways",
		Logger:        logger.WithOptions(zap.IncreaseLevel(zapcore.WarnLevel)),
		RateLimiter:   workqueue.NewTypedItemExponentialFailureRateLimiter[any](20*time.Millisecond, 30*time.Second),
		Concurrency:   1,
	})
	r.cluster = cluster.New(ctx, connection, cache.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(object any, _ bool) { r.happened(impl, object) },
		UpdateFunc: func(before, object any) {
			if !onlyCountsDiffer(before, object) {
				r.happened(impl, object)
			}
		},
		DeleteFunc: func(object any) { r.happened(impl, object) },
	}, arrivals(func() { impl.EnqueueKey(key()) }))
	r.config = config.NewStore(system.Namespace(), func(config.State) { impl.EnqueueKey(key()) })
	counted.Configured(r.config.Load)
	r.heart = &heartbeat.Heart{
		Cluster: cluster.New(ctx, connection, cache.ResourceEventHandlerFuncs{}, arrivals(func() {})), // without events: the next beat sees all
		Config:  r.config.Load, Ingresses: ingressinformer.Get(ctx).Lister(), Metrics: counted, Logger: logger, Recorder: events.Recorder(ctx),
	}
	config.Watch(cmw, r.config)
	return impl
}

// arrivals asks for a pass when the first list of a scope has arrived late. That it is late is reported by the
// reconciler of KIngresses, which reads the same kinds.
type arrivals func()

func (arrivals) Missed(error)          {}
func (a arrivals) Arrived(watch.Scope) { a() }

// happened asks for a pass. HTTPRoutes change all the time; they matter only while a
// Gateway that no entry names waits for the last of them.
func (r *Reconciler) happened(impl *controller.Impl, object any) {
	if _, isRoute := object.(*gatewayv1.HTTPRoute); isRoute && !r.waitsForRoutes.Load() {
		return
	}
	impl.EnqueueKey(key())
}
