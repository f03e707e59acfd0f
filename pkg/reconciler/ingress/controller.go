// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"slices"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/utils/clock"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	networkingclient "knative.dev/networking/pkg/client/injection/client"
	ingressinformer "knative.dev/networking/pkg/client/injection/informers/networking/v1alpha1/ingress"
	namespaceinformer "knative.dev/pkg/client/injection/kube/informers/core/v1/namespace"
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
	"github.com/net-gateways/net-gateways/pkg/metrics"
	"github.com/net-gateways/net-gateways/pkg/panics"
	"github.com/net-gateways/net-gateways/pkg/prober"
	"github.com/net-gateways/net-gateways/pkg/reconciler/events"
)

const (
	// workers is more than the API server of a small cluster answers at a time, because a reconcile mostly
	// waits for it.
	workers = 16
	// Retries of unexpected errors are quick at first, and never so slow that a repaired cluster waits for
	// them.
	firstRetry, lastRetry = 20 * time.Millisecond, 30 * time.Second
)

// NewController returns the constructor that wires the reconciler of KIngresses to what it watches.
func NewController(connect func(context.Context) cluster.Connection, counted *metrics.Registry) injection.ControllerConstructor {
	return func(ctx context.Context, cmw configmap.Watcher) *controller.Impl {
		r, impl := newController(ctx, cmw, connect(ctx), prober.Options{Observe: counted.Probe})
		r.metrics = counted
		return impl
	}
}

func newController(ctx context.Context, cmw configmap.Watcher, connection cluster.Connection, asking prober.Options) (*Reconciler, *controller.Impl) {
	logger := logging.FromContext(ctx)
	ingresses := ingressinformer.Get(ctx)
	namespaces := namespaceinformer.Get(ctx)
	if err := ingresses.Informer().AddIndexers(panics.Indexers(indexers(), logger)); err != nil {
		logger.Fatalw("Cannot index KIngresses", zap.Error(err))
	}

	trimInformers(ingresses.Informer(), namespaces.Informer())

	r := &Reconciler{
		client:         networkingclient.Get(ctx),
		lister:         ingresses.Lister(),
		indexer:        ingresses.Informer().GetIndexer(),
		namespaces:     namespaces.Lister(),
		recorder:       events.Recorder(ctx),
		logger:         logger,
		clock:          clock.RealClock{},
		timers:         newReportTimers(),
		conflicts:      newConflicts(),
		contests:       apply.NewContests(),
		reportedRoutes: newReportedRoutes(),
		absences:       newAbsences(),
		stacks:         panics.Stacks{Logger: logger},
		classes:        newClasses(),
		departures:     newDepartures(),

		pending:     newPendingListeners(),
		gateways:    newRecent[*gatewayv1.Gateway](),
		usersRoutes: newRecent[*gatewayv1.HTTPRoute](),
		ingresses:   newRecent[*v1alpha1.Ingress](),

		gatewayClient: connection.Gateway, metrics: metrics.New(),
	}
	r.own(connection.Clients)
	r.PromoteFunc, r.DemoteFunc = r.promote, r.demote
	impl := controller.NewContext(ctx, r, controller.ControllerOptions{
		WorkQueueName: "ingresses",
		Logger:        logger.WithOptions(zap.IncreaseLevel(zapcore.WarnLevel)), // one line a reconcile is too many
		RateLimiter:   workqueue.NewTypedItemExponentialFailureRateLimiter[any](firstRetry, lastRetry),
		Concurrency:   workers,
	})
	r.gatewayLocks, r.resyncs = newGatewayLocks(impl.EnqueueKey), newResyncs(workers)
	handler := &clusterEvents{r: r, impl: impl, throttle: newThrottle(ctx, logger), logger: logger}

	r.cluster = cluster.New(ctx, connection, handler, handler)
	r.prober = prober.New(ctx, asking, func(owner prober.Owner) { impl.EnqueueKey(owner.Name) })
	r.liveness = newLiveness(ctx, asking, impl.EnqueueKey, func(keys []types.NamespacedName) { r.resyncs.add(keys, impl.EnqueueSlowKey) })
	r.config = config.NewStore(system.Namespace(), func(config.State) { handler.everything("config-gateway changed") })

	config.Watch(cmw, r.config)
	ingresses.Informer().AddEventHandler(panics.Handler{Events: ingressEvents{handler}, Logger: logger})
	namespaces.Informer().AddEventHandler(panics.Handler{Events: namespaceEvents{handler}, Logger: logger})
	return r, impl
}

// promote enqueues all KIngresses of a bucket.
func (r *Reconciler) promote(bucket reconciler.Bucket, enqueue func(reconciler.Bucket, types.NamespacedName)) error {
	r.metrics.Leads(metrics.Ingresses, bucket.Name(), true)
	all, err := r.lister.List(labels.Everything())
	all = slices.DeleteFunc(all, func(ing *v1alpha1.Ingress) bool { return !bucket.Has(apply.NameOf(ing)) })
	r.resyncs.add(inOrder(all), func(key types.NamespacedName) { enqueue(bucket, key) })
	return err
}

// demote drops what is cached about the KIngresses of a bucket: another leader writes them now, so
// that the cache is stale when this replica leads them again. The probes of the buckets that it still
// leads go on, because no event would start them again.
func (r *Reconciler) demote(bucket reconciler.Bucket) {
	r.metrics.Leads(metrics.Ingresses, bucket.Name(), false)
	all, err := r.lister.List(labels.Everything())
	if err != nil {
		r.logger.Errorw("Cannot list KIngresses", zap.Error(err))
	}
	for _, ing := range all {
		if bucket.Has(apply.NameOf(ing)) {
			r.evict(ing)
		}
	}
}
