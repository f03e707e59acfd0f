// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	pkgwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/cache"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"
	gatewayclientset "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned"

	"github.com/net-gateways/net-gateways/pkg/watch"
)

// The kinds that the controller watches when it needs them.
const (
	HTTPRoutes     watch.Kind = "HTTPRoutes"
	ListenerSets   watch.Kind = "ListenerSets"
	Gateways       watch.Kind = "Gateways"
	GatewayClasses watch.Kind = "GatewayClasses"
	Services       watch.Kind = "Services"
	EndpointSlices watch.Kind = "EndpointSlices"
	Deployments    watch.Kind = "Deployments"
	CRDs           watch.Kind = "CustomResourceDefinitions"
	// OthersRoutes are HTTPRoutes that the controller has not written. Informers keep less of these.
	OthersRoutes watch.Kind = "HTTPRoutes of others"

	BackendTLSPolicies watch.Kind = "BackendTLSPolicies"
	ReferenceGrants    watch.Kind = "ReferenceGrants"
	ConfigMaps         watch.Kind = "ConfigMaps"
	Secrets            watch.Kind = "Secrets"
)

var crdResource = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// Clients read objects.
type Clients struct {
	Kube     kubernetes.Interface
	Gateway  gatewayclientset.Interface
	Metadata metadata.Interface
	// Ingresses are the KIngresses. The objects of a KIngress share the memory of its annotations; nil if they need not.
	Ingresses cache.KeyGetter
}

// factories make the informers of the kinds.
func (c Clients) factories() map[watch.Kind]watch.Factory {
	trims := c.Trims()
	routes := func(ns string) listWatcher[*gatewayv1.HTTPRouteList] { return c.Gateway.GatewayV1().HTTPRoutes(ns) }
	return map[watch.Kind]watch.Factory{
		HTTPRoutes:   byGateway(factory(&gatewayv1.HTTPRoute{}, c.Gateway, trims[HTTPRoutes], routes)),
		OthersRoutes: byGateway(factory(&gatewayv1.HTTPRoute{}, c.Gateway, trims[OthersRoutes], routes)),
		ListenerSets: factory(&gatewayv1.ListenerSet{}, c.Gateway, trims[ListenerSets], func(ns string) listWatcher[*gatewayv1.ListenerSetList] {
			return c.Gateway.GatewayV1().ListenerSets(ns)
		}),
		ReferenceGrants: factory(&gatewayv1beta1.ReferenceGrant{}, c.Gateway, trims[ReferenceGrants], func(ns string) listWatcher[*gatewayv1beta1.ReferenceGrantList] {
			return c.Gateway.GatewayV1beta1().ReferenceGrants(ns)
		}),
		Gateways: factory(&gatewayv1.Gateway{}, c.Gateway, trims[Gateways], func(ns string) listWatcher[*gatewayv1.GatewayList] {
			return c.Gateway.GatewayV1().Gateways(ns)
		}),
		GatewayClasses: factory(&gatewayv1.GatewayClass{}, c.Gateway, trims[GatewayClasses], func(string) listWatcher[*gatewayv1.GatewayClassList] {
			return c.Gateway.GatewayV1().GatewayClasses()
		}),
		Services: factory(&corev1.Service{}, c.Kube, trims[Services], func(ns string) listWatcher[*corev1.ServiceList] {
			return c.Kube.CoreV1().Services(ns)
		}),
		EndpointSlices: factory(&discoveryv1.EndpointSlice{}, c.Kube, trims[EndpointSlices], func(ns string) listWatcher[*discoveryv1.EndpointSliceList] {
			return c.Kube.DiscoveryV1().EndpointSlices(ns)
		}),
		Deployments: factory(&appsv1.Deployment{}, c.Kube, trims[Deployments], func(ns string) listWatcher[*appsv1.DeploymentList] {
			return c.Kube.AppsV1().Deployments(ns)
		}),
		BackendTLSPolicies: factory(&gatewayv1.BackendTLSPolicy{}, c.Gateway, trims[BackendTLSPolicies], func(ns string) listWatcher[*gatewayv1.BackendTLSPolicyList] {
			return c.Gateway.GatewayV1().BackendTLSPolicies(ns)
		}),
		ConfigMaps: factory(&corev1.ConfigMap{}, c.Kube, trims[ConfigMaps], func(ns string) listWatcher[*corev1.ConfigMapList] {
			return c.Kube.CoreV1().ConfigMaps(ns)
		}),
		Secrets: factory(&corev1.Secret{}, c.Kube, trims[Secrets], func(ns string) listWatcher[*corev1.SecretList] {
			return c.Kube.CoreV1().Secrets(ns)
		}),
		CRDs: factory(&metav1.PartialObjectMetadata{}, c.Metadata, trims[CRDs], func(string) listWatcher[*metav1.PartialObjectMetadataList] {
			return c.Metadata.Resource(crdResource)
		}),
	}
}

// listWatcher is the part of a typed client that an informer needs.
type listWatcher[L runtime.Object] interface {
	List(ctx context.Context, options metav1.ListOptions) (L, error)
	Watch(ctx context.Context, options metav1.ListOptions) (pkgwatch.Interface, error)
}

// factory makes informers, which trim objects before they store them. It uses a typed client and not the generated
// informer factories, because those of gateway-api v1.6 need a newer client-go than Knative's.
func factory[L runtime.Object](example runtime.Object, clients any, trim func(metav1.Object), client func(namespace string) listWatcher[L]) watch.Factory {
	indexers := cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc, ByController: controllerOf}
	return func(namespace string, tweak func(*metav1.ListOptions)) cache.SharedIndexInformer {
		source := &cache.ListWatch{
			ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
				tweak(&options)
				return client(namespace).List(ctx, options)
			},
			WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (pkgwatch.Interface, error) {
				tweak(&options)
				return client(namespace).Watch(ctx, options)
			},
		}
		// Fake clients cannot stream their lists, and say so.
		informer := cache.NewSharedIndexInformer(cache.ToListWatcherWithWatchListSemantics(source, clients), example, 0, indexers)
		_ = informer.SetTransform(Trimmed(trim)) // which only one that runs refuses
		return informer
	}
}

// ByController is the index of objects by the object of their own namespace that controls them: its values are those of
// ControlledBy. An object that has owners and no controller is under SharedIn of its namespace.
const ByController = "controller"

// ControlledBy is the value of ByController for the objects that an object controls. It has the namespace because an
// owner reference alone proves nothing: a client that may write into another namespace can name any UID there.
func ControlledBy(owner metav1.Object) string {
	return controlledIn(owner.GetNamespace(), owner.GetUID())
}

func controlledIn(namespace string, owner types.UID) string { return namespace + "/" + string(owner) }

// SharedIn is the value of ByController for the objects of a namespace that have owners and no controller.
func SharedIn(namespace string) string { return "shared in " + namespace }

func controllerOf(object any) ([]string, error) {
	accessor, err := meta.Accessor(object)
	if err != nil {
		return nil, err
	}
	if ref := metav1.GetControllerOf(accessor); ref != nil {
		return []string{controlledIn(accessor.GetNamespace(), ref.UID)}, nil
	}
	if len(accessor.GetOwnerReferences()) > 0 {
		return []string{SharedIn(accessor.GetNamespace())}, nil
	}
	return nil, nil
}
