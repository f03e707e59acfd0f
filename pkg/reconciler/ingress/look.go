// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"

	"go.uber.org/zap"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/observe"
)

// scansForOne is how many KIngresses can be checked for whether an event concerns them in the CPU time of
// one reconcile.
const scansForOne = 30

// look enqueues the KIngresses that an event concerns, behind those that have an event of their own. It
// does so at once, and for further events of the same source after a pause, which is the longer the more
// KIngresses there are. For those that are not Ready there is a pause of its own, which is short if they
// are few.
func (e *clusterEvents) look(why string, concerns func(*v1alpha1.Ingress) bool) {
	e.lookAmong(why, e.r.indexer.List, concerns)
}

// lookAmong is look for an event that can only concern some KIngresses.
func (e *clusterEvents) lookAmong(why string, some func() []any, concerns func(*v1alpha1.Ingress) bool) {
	now := e.throttle.do(why, func() int {
		e.prune()
		return e.enqueueSlowly(why, some(), concerns)
	})
	if !now {
		e.throttle.do(why+", for those that wait", func() int { return e.enqueueSlowly(why, e.by(byUnsettled, waits), concerns) })
	}
}

// by are the objects of an index under a value.
func (e *clusterEvents) by(indexName, value string) []any {
	found, err := e.r.indexer.ByIndex(indexName, value)
	if err != nil {
		e.logger.Errorw("Cannot look up KIngresses", zap.String("index", indexName), zap.Error(err))
	}
	return found
}

// enqueueSlowly enqueues those of the given KIngresses that the event concerns, and returns how many
// reconciles all of this is worth.
func (e *clusterEvents) enqueueSlowly(why string, among []any, concerns func(*v1alpha1.Ingress) bool) int {
	found := []*v1alpha1.Ingress{}
	for _, object := range among {
		if ing, ok := object.(*v1alpha1.Ingress); ok && concerns(ing) {
			found = append(found, ing)
		}
	}
	e.resync(found)
	if len(found) > 0 {
		e.logger.Infow("Looking at KIngresses again", zap.String("why", why), zap.Int("KIngresses", len(found)))
	}
	return len(found) + len(among)/scansForOne
}

// users enqueues the KIngresses that use a Gateway that config-gateway names.
func (e *clusterEvents) users(gateway types.NamespacedName) {
	e.look("Gateway "+gateway.String(), func(ing *v1alpha1.Ingress) bool { return e.r.usesGateway(ing, gateway) })
}

// proposals enqueues the KIngresses whose status proposes what to write into config-gateway, if a list is
// absent there.
func (e *clusterEvents) proposals() {
	cfg := e.r.config.Load().Config
	for _, visibility := range config.Visibilities {
		if cfg.ListState(visibility) == config.ListAbsent {
			e.look("Gateways that config-gateway may name", func(ing *v1alpha1.Ingress) bool { return ours(ing) && unsettled(ing).Len() > 0 })
			return
		}
	}
}

// usesGateway tells whether a Gateway is selected for a KIngress at either visibility: the KIngress
// publishes the addresses of both. If no informer shows its namespace yet, any Gateway may be.
func (r *Reconciler) usesGateway(ing *v1alpha1.Ingress, gateway types.NamespacedName) bool {
	if !ours(ing) {
		return false
	}
	gateways, err := observe.SelectedFor(r.reader(context.Background()), ing, r.config.Load().Config)
	return err != nil || gateways[v1alpha1.IngressVisibilityExternalIP] == gateway || gateways[v1alpha1.IngressVisibilityClusterLocal] == gateway
}
