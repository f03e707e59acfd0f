// SPDX-License-Identifier: Apache-2.0

package network

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/record"
	networkconfig "knative.dev/networking/pkg/config"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/reconciler"
	"knative.dev/pkg/system"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/panics"
)

// The switch in config-network.
const (
	layerKey = "network-layer"
	ourLayer = "gateway-api"
	classKey = networkconfig.DefaultIngressClassKey
)

// Reconciler keeps ingress-class in step with network-layer.
type Reconciler struct {
	reconciler.LeaderAwareFuncs

	client   kubernetes.Interface
	recorder record.EventRecorder
	logger   *zap.SugaredLogger
	stacks   panics.Stacks
	contests *apply.Contests
	// seen is config-network as the watch reported it last; nil before the first report, and while it does not exist.
	seen atomic.Pointer[corev1.ConfigMap]
	// saidAbsent tells that its absence is in the log.
	saidAbsent atomic.Bool
}

var (
	_ controller.Reconciler  = (*Reconciler)(nil)
	_ reconciler.LeaderAware = (*Reconciler)(nil)
)

// key is the only key: config-network.
func key() types.NamespacedName {
	return types.NamespacedName{Namespace: system.Namespace(), Name: networkconfig.ConfigMapName}
}

// Reconcile sets or removes the ingress class. The apply is without force: where another
// field manager owns the key, the API server answers with a conflict, which the
// user has to solve (SPEC B-INS-2).
func (r *Reconciler) Reconcile(ctx context.Context, name string) error {
	err := r.reconcile(ctx, name)
	r.stacks.Log(key(), err)
	return err
}

func (r *Reconciler) reconcile(ctx context.Context, name string) (err error) {
	defer panics.Into(&err)
	if !r.IsLeaderFor(key()) {
		return controller.NewSkipKey(name)
	}
	cm := r.seen.Load()
	if cm == nil {
		r.logAbsent()
		return nil
	}
	r.saidAbsent.Store(false)
	desired := applycorev1.ConfigMap(cm.Name, cm.Namespace)
	switch wanted := cm.Data[layerKey] == ourLayer; {
	case wanted && cm.Data[classKey] == config.IngressClass, !wanted && !owns(cm):
		return nil
	case wanted:
		desired.WithData(map[string]string{classKey: config.IngressClass})
	}
	return r.apply(ctx, cm, desired)
}

// apply writes the ConfigMap. If another writer undoes that over and over, it waits before it writes again, and an Event
// names the other.
func (r *Reconciler) apply(ctx context.Context, cm *corev1.ConfigMap, desired *applycorev1.ConfigMapApplyConfiguration) error {
	what, by := apply.Contested{Kind: "ConfigMap", Name: key()}, apply.Writer{Owner: cm.UID, Now: time.Now()}
	digest := apply.DigestOfValue(desired.Data)
	try := r.contests.Due(what, by, func(wrote apply.Digest) bool { return maps.Equal(wrote, digest) })
	if try.Wait > 0 {
		return controller.NewRequeueAfter(try.Wait)
	}
	_, err := r.client.CoreV1().ConfigMaps(cm.Namespace).Apply(ctx, desired, metav1.ApplyOptions{FieldManager: apply.FieldManager})
	switch {
	case apierrors.IsConflict(err):
		r.recordConflict(cm, err)
		return nil // only a change of the ConfigMap cures it
	case err != nil:
		return err
	}
	r.contests.Wrote(what, by, digest, try.Times)
	if try.ShouldReport() {
		r.recorder.Event(cm, corev1.EventTypeWarning, apply.ReasonContested, apply.ContestMessage(what, apply.ForeignManagers(cm, "data")))
	}
	return nil
}

// logAbsent logs once that config-network does not exist. Services are served all the same: the class that Serving wrote
// into their KIngresses counts (SPEC B-INS-9).
func (r *Reconciler) logAbsent() {
	if !r.saidAbsent.Swap(true) {
		r.logger.Warnf("ConfigMap %s does not exist; services are still served as before, and %s takes effect when it exists again", key(), layerKey)
	}
}

func (r *Reconciler) recordConflict(cm *corev1.ConfigMap, err error) {
	message := fmt.Sprintf("ConfigMap %s: `%s: %s` asks for `%s: %s`, but that key is %q and belongs to another field manager (%v), so it is left as it is: remove the key, or set it to that value",
		key(), layerKey, ourLayer, classKey, config.IngressClass, cm.Data[classKey], err)
	r.recorder.Event(cm, corev1.EventTypeWarning, "IngressClassConflict", message)
	r.logger.Warn(message)
}

// owns tells whether the controller has applied ingress-class before.
func owns(cm *corev1.ConfigMap) bool {
	for _, entry := range cm.ManagedFields {
		if entry.Manager == apply.FieldManager && entry.Operation == metav1.ManagedFieldsOperationApply && entry.FieldsV1 != nil &&
			strings.Contains(string(entry.FieldsV1.Raw), `"f:`+classKey+`"`) {
			return true
		}
	}
	return false
}
