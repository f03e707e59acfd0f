// SPDX-License-Identifier: Apache-2.0

package network

import (
	"context"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"
	kubeclient "knative.dev/pkg/client/injection/kube/client"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/logging"
	"knative.dev/pkg/reconciler"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/panics"
	"github.com/net-gateways/net-gateways/pkg/reconciler/events"
)

// NewController wires the reconciler to config-network.
func NewController(ctx context.Context, cmw configmap.Watcher) *controller.Impl {
	logger := logging.FromContext(ctx)
	r := &Reconciler{client: kubeclient.Get(ctx), recorder: events.Recorder(ctx), logger: logger, stacks: panics.Stacks{Logger: logger}, contests: apply.NewContests()}
	r.PromoteFunc = func(bucket reconciler.Bucket, enqueue func(reconciler.Bucket, types.NamespacedName)) error {
		enqueue(bucket, key())
		return nil
	}
	impl := controller.NewContext(ctx, r, controller.ControllerOptions{
		WorkQueueName: "network-layer",
		Logger:        logger.WithOptions(zap.IncreaseLevel(zapcore.WarnLevel)),
		Concurrency:   1,
	})
	config.WatchOptional(cmw, key(), func(cm *corev1.ConfigMap) {
		if before := r.seen.Swap(cm); before == nil || cm == nil || !equality.Semantic.DeepEqual(before.Data, cm.Data) {
			impl.EnqueueKey(key())
		}
	})
	return impl
}
