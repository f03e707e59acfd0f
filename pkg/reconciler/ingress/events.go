// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"go.uber.org/zap"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/controller"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
)

// clusterEvents turns what happens in the cluster into the keys of the KIngresses that it
// concerns. It sees the informers of the Set.
type clusterEvents struct {
	r        *Reconciler
	impl     *controller.Impl
	informer cache.SharedInformer
	logger   *zap.SugaredLogger
}

var _ cache.ResourceEventHandler = (*clusterEvents)(nil)

// OnAdd implements cache.ResourceEventHandler.
func (e *clusterEvents) OnAdd(object any, initial bool) {
	if !initial { // the first reconcile of every KIngress reads the first lists
		e.happened(nil, object)
		return
	}
	switch object := object.(type) {
	case *gatewayv1.HTTPRoute:
		e.r.routes.Shown(object)
	case *gatewayv1.ListenerSet:
		e.r.listenerSets.Shown(object)
		if apply.OwnedByNamespace(object) { // whose KIngresses may have gone unseen: there need be none of this name
			e.impl.EnqueueKey(types.NamespacedName{Namespace: object.Namespace, Name: object.Name})
		}
	case *gatewayv1.BackendTLSPolicy:
		e.r.internal.policies.Shown(object)
	case *corev1.ConfigMap:
		e.r.internal.trusts.Shown(object)
	case *gatewayv1beta1.ReferenceGrant:
		e.r.grants.Shown(object)
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
	switch object := object.(type) {
	case *gatewayv1.HTTPRoute:
		e.r.routes.Forget(object.UID)
	case *gatewayv1.ListenerSet:
		e.r.listenerSets.Forget(object.UID)
	case *gatewayv1.BackendTLSPolicy:
		e.r.internal.policies.Forget(object.UID)
	case *corev1.ConfigMap:
		e.r.internal.trusts.Forget(object.UID)
	case *gatewayv1beta1.ReferenceGrant:
		e.r.grants.Forget(object.UID)
	case *gatewayv1.Gateway:
		e.r.gateways.Forget(object.UID)
	}
	e.happened(nil, object)
}

// happened enqueues what the change of an object concerns; old is nil for additions
// and deletions.
func (e *clusterEvents) happened(old, object any) {
	switch object := object.(type) {
	case *gatewayv1.HTTPRoute:
		e.route(object)
	case *gatewayv1.ListenerSet:
		e.listenerSet(object)
	case *gatewayv1.BackendTLSPolicy, *corev1.ConfigMap, *corev1.Secret:
		e.internalTLS(old, object)
	case *gatewayv1beta1.ReferenceGrant:
		e.r.grants.Shown(object)
		e.impl.EnqueueControllerOf(object)
	case *corev1.Service:
		if before, ok := old.(*corev1.Service); !ok || serviceMatters(before, object) {
			e.service(object)
		}
	case *gatewayv1.Gateway:
		e.r.gateways.Shown(object)
		e.gateway(old, object)
	case *gatewayv1.GatewayClass:
		before, ok := old.(*gatewayv1.GatewayClass)
		if !ok || classMatters(before, object) {
			e.everything("GatewayClass " + object.Name)
		}
	case *discoveryv1.EndpointSlice:
		before, ok := old.(*discoveryv1.EndpointSlice)
		if !ok || !equality.Semantic.DeepEqual(before.Endpoints, object.Endpoints) || !equality.Semantic.DeepEqual(before.Ports, object.Ports) {
			e.everything("EndpointSlice " + object.Namespace + "/" + object.Name)
		}
	case *appsv1.Deployment:
		e.everything("Deployment " + object.Name)
	case *metav1.PartialObjectMetadata:
		e.everything("CustomResourceDefinition " + object.Name)
	}
}

// gateway enqueues everything when a Gateway changed, and of what concerns its listeners
// of ours alone only those that have to do with HTTPS.
func (e *clusterEvents) gateway(old any, gateway *gatewayv1.Gateway) {
	before, ok := old.(*gatewayv1.Gateway)
	switch name := gateway.Namespace + "/" + gateway.Name; {
	case !ok || gatewayMatters(before, gateway):
		e.everything("Gateway " + name)
	case listenersMatter(before, gateway):
		e.logger.Infow("Looking at all KIngresses with HTTPS again", zap.String("why", "listeners of Gateway "+name))
		e.impl.FilteredGlobalResync(func(object any) bool {
			ing, ok := object.(*v1alpha1.Ingress)
			return ok && ours(ing) && wantsHTTPS(ing)
		}, e.informer)
	}
}

func (e *clusterEvents) route(route *gatewayv1.HTTPRoute) {
	e.r.routes.Shown(route)
	e.impl.EnqueueControllerOf(route)
	for _, waiting := range e.r.conflicts.waiting(types.NamespacedName{Namespace: route.Namespace, Name: route.Name}) {
		e.impl.EnqueueKey(waiting)
	}
}

// listenerSet enqueues the KIngress of a ListenerSet, and all that share it.
func (e *clusterEvents) listenerSet(set *gatewayv1.ListenerSet) {
	e.r.listenerSets.Shown(set)
	e.impl.EnqueueControllerOf(set)
	if apply.IsShared(set) {
		for secret := range secretsIn(set) {
			e.enqueueBy(bySecret, secret)
		}
	}
}

// service enqueues the KIngresses that have it as a backend, and everything when it
// is the front of a data plane.
func (e *clusterEvents) service(service *corev1.Service) {
	for _, label := range cluster.DataPlaneLabels {
		if _, ok := service.Labels[label]; ok {
			e.everything("Service " + service.Namespace + "/" + service.Name)
			return
		}
	}
	name := types.NamespacedName{Namespace: service.Namespace, Name: service.Name}
	for _, visibility := range visibilities {
		for _, entry := range e.r.config.Load().Config.Entries(visibility) {
			if entry.Service == name {
				e.everything("Service " + name.String())
				return
			}
		}
	}
	e.enqueueBy(byPublished, name.String())
	e.concerned(byBackend, name.String())
}

// concerned enqueues the KIngresses of an index, and those that map to them.
func (e *clusterEvents) concerned(indexName, value string) {
	found, err := e.r.ingressesBy(indexName, value)
	if err != nil {
		e.logger.Errorw("Cannot look up KIngresses", zap.String("index", indexName), zap.Error(err))
	}
	for _, ing := range found {
		e.impl.EnqueueKey(nameOf(ing))
		e.mapping(ing)
	}
}

// mapping enqueues the KIngresses that map to a host of this one.
func (e *clusterEvents) mapping(ing *v1alpha1.Ingress) {
	for host := range hostsOf(ing) {
		e.enqueueBy(byRewrite, ing.Namespace+"/"+host)
	}
}

func (e *clusterEvents) enqueueBy(indexName, value string) {
	found, err := e.r.ingressesBy(indexName, value)
	if err != nil {
		e.logger.Errorw("Cannot look up KIngresses", zap.String("index", indexName), zap.Error(err))
	}
	for _, ing := range found {
		e.impl.EnqueueKey(nameOf(ing))
	}
}

// everything enqueues all KIngresses, behind those that something happened to.
func (e *clusterEvents) everything(why string) {
	e.logger.Infow("Looking at all KIngresses again", zap.String("why", why))
	e.impl.FilteredGlobalResync(func(object any) bool {
		ing, ok := object.(*v1alpha1.Ingress)
		return ok && ours(ing)
	}, e.informer)
	e.prune()
}
