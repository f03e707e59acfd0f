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

// scansForOne is how many KIngresses can be asked whether something concerns them in the CPU time
// that it takes to look at one.
const scansForOne = 30

// look enqueues the KIngresses that something in the cluster concerns, behind those that something
// happened to: at once, and when it goes on, after the pause that many take. Those that are not
// Ready have a pause of their own, which is short where they are few.
func (e *clusterEvents) look(why string, whom func(*v1alpha1.Ingress) bool) {
	e.lookAmong(why, e.r.indexer.List, whom)
}

// lookAmong is look where all whom it concerns are among some.
func (e *clusterEvents) lookAmong(why string, some func() []any, whom func(*v1alpha1.Ingress) bool) {
	now := e.throttle.do(why, func() int {
		e.prune()
		return e.enqueueSlowly(why, some(), whom)
	})
	if !now {
		e.throttle.do(why+", for those that wait", func() int { return e.enqueueSlowly(why, e.by(byUnsettled, waits), whom) })
	}
}

// by is what an index has under a value.
func (e *clusterEvents) by(indexName, value string) []any {
	found, err := e.r.indexer.ByIndex(indexName, value)
	if err != nil {
		e.logger.Errorw("Cannot look up KIngresses", zap.String("index", indexName), zap.Error(err))
	}
	return found
}

// enqueueSlowly enqueues those of the KIngresses that are meant, and returns how many looks all of
// this costs.
func (e *clusterEvents) enqueueSlowly(why string, among []any, whom func(*v1alpha1.Ingress) bool) int {
	found := []*v1alpha1.Ingress{}
	for _, object := range among {
		if ing, ok := object.(*v1alpha1.Ingress); ok && whom(ing) {
			found = append(found, ing)
		}
	}
	e.resync(found)
	if len(found) > 0 {
		e.logger.Infow("Looking at KIngresses again", zap.String("why", why), zap.Int("KIngresses", len(found)))
	}
	return len(found) + len(among)/scansForOne
}

// users enqueues those who use a Gateway that config-gateway names.
func (e *clusterEvents) users(gateway types.NamespacedName) {
	e.look("Gateway "+gateway.String(), func(ing *v1alpha1.Ingress) bool { return e.r.usesGateway(ing, gateway) })
}

// proposals enqueues those who are told what to write into config-gateway, where it says nothing.
func (e *clusterEvents) proposals() {
	cfg := e.r.config.Load().Config
	for _, visibility := range config.Visibilities {
		if cfg.ListState(visibility) == config.ListAbsent {
			e.look("Gateways that config-gateway may name", func(ing *v1alpha1.Ingress) bool { return ours(ing) && unsettled(ing).Len() > 0 })
			return
		}
	}
}

// usesGateway tells whether a KIngress has a Gateway at either visibility: it publishes the addresses of
// both. One whose namespace is not seen yet may have any.
func (r *Reconciler) usesGateway(ing *v1alpha1.Ingress, gateway types.NamespacedName) bool {
	if !ours(ing) {
		return false
	}
	gateways, err := observe.SelectedFor(r.reader(context.Background()), ing, r.config.Load().Config)
	return err != nil || gateways[v1alpha1.IngressVisibilityExternalIP] == gateway || gateways[v1alpha1.IngressVisibilityClusterLocal] == gateway
}
