// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"go.uber.org/zap"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/controller"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/observe"
)

// clusterEvents turns the events of the Set's informers into the keys of the KIngresses that they
// concern.
type clusterEvents struct {
	r        *Reconciler
	impl     *controller.Impl
	throttle *throttle
	logger   *zap.SugaredLogger
}

var _ cache.ResourceEventHandler = (*clusterEvents)(nil)

// OnAdd implements cache.ResourceEventHandler.
func (e *clusterEvents) OnAdd(object any, initial bool) {
	if route, is := object.(*gatewayv1.HTTPRoute); is && initial {
		e.unparented(route)
	}
	if !initial { // the first reconcile of every KIngress reads the first lists
		e.happened(nil, object)
		return
	}
	e.shown(object)
	if set, is := object.(*gatewayv1.ListenerSet); is && apply.OwnedByNamespace(set) {
		e.impl.EnqueueKey(apply.NameOf(set)) // its KIngresses may have been deleted while no watch was there; the key need not be that of a KIngress
	}
}

// OnUpdate implements cache.ResourceEventHandler.
func (e *clusterEvents) OnUpdate(old, object any) {
	if recreated(old, object) {
		e.OnDelete(old)
		old = nil
	}
	e.happened(old, object)
}

// OnDelete implements cache.ResourceEventHandler.
func (e *clusterEvents) OnDelete(object any) {
	if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = tombstone.Obj
	}
	for _, recent := range e.r.recents() {
		recent.gone(object)
	}
	e.happened(nil, object)
}

// happened enqueues the KIngresses that a change of an object concerns. old is nil for additions and
// deletions.
func (e *clusterEvents) happened(old, object any) {
	e.shown(object)
	switch object := object.(type) {
	case *gatewayv1.HTTPRoute:
		before, _ := old.(*gatewayv1.HTTPRoute)
		e.route(before, object)
	case *gatewayv1.ListenerSet:
		before, _ := old.(*gatewayv1.ListenerSet)
		e.listenerSet(before, object)
	case *gatewayv1.BackendTLSPolicy, *corev1.ConfigMap, *corev1.Secret:
		e.internalTLS(old, object)
	case *gatewayv1beta1.ReferenceGrant:
		e.impl.EnqueueControllerOf(object)
	case *corev1.Service:
		before, _ := old.(*corev1.Service)
		e.service(before, object)
	case *gatewayv1.Gateway:
		before, _ := old.(*gatewayv1.Gateway)
		e.gateway(before, object)
	case *gatewayv1.GatewayClass:
		before, ok := old.(*gatewayv1.GatewayClass)
		if !ok || classChanged(before, object) {
			e.class(object)
		}
	case *discoveryv1.EndpointSlice:
		before, _ := old.(*discoveryv1.EndpointSlice)
		e.endpointSlice(before, object)
	case *appsv1.Deployment:
		e.everything("Deployment " + object.Name)
	case *metav1.PartialObjectMetadata:
		e.everything("CustomResourceDefinition " + object.Name)
	}
}

// shown tells the caches of recent writes that an informer shows an object. The informer of other owners'
// HTTPRoutes shows no writes.
func (e *clusterEvents) shown(object any) {
	if route, is := object.(*gatewayv1.HTTPRoute); is && !isLabelled(route) {
		e.r.usersRoutes.Shown(route)
		return
	}
	for _, recent := range e.r.recents() {
		recent.shown(object)
	}
}

func (e *clusterEvents) route(old, route *gatewayv1.HTTPRoute) {
	if isLabelled(route) {
		e.impl.EnqueueControllerOf(route)
	} else {
		e.othersRoute(old, route)
	}
	e.attached(old, route)
	for _, waiting := range e.r.conflicts.waiting(apply.NameOf(route)) {
		e.impl.EnqueueKey(waiting)
	}
}

// concerned enqueues the KIngresses of an index, and those that rewrite to a host of theirs.
func (e *clusterEvents) concerned(indexName, value string) {
	for _, object := range e.by(indexName, value) {
		if ing, ok := object.(*v1alpha1.Ingress); ok {
			e.impl.EnqueueKey(apply.NameOf(ing))
			e.rewriting(ing)
		}
	}
}

// rewriting enqueues the KIngresses that rewrite to a host of this one.
func (e *clusterEvents) rewriting(ing *v1alpha1.Ingress) {
	for host := range observe.HostsOf(ing) {
		e.enqueueBy(byRewrite, ing.Namespace+"/"+host)
		e.attachedTo(ing.Namespace, host)
	}
}

func (e *clusterEvents) enqueueBy(indexName, value string) {
	for _, object := range e.by(indexName, value) {
		e.impl.Enqueue(object)
	}
}

// everything enqueues all KIngresses, behind those that have an event of their own.
func (e *clusterEvents) everything(why string) {
	e.logger.Infow("Looking at all KIngresses again", zap.String("why", why))
	found := []*v1alpha1.Ingress{}
	for _, object := range e.r.indexer.List() {
		if ing, ok := object.(*v1alpha1.Ingress); ok && ours(ing) {
			found = append(found, ing)
		}
	}
	e.resync(found)
	e.prune()
}
