// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	pkgwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/cache"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayclientset "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned"

	"github.com/net-gateways/net-gateways/pkg/watch"
)

// The kinds that are watched on demand.
const (
	httpRoutes     watch.Kind = "HTTPRoutes"
	gateways       watch.Kind = "Gateways"
	gatewayClasses watch.Kind = "GatewayClasses"
	services       watch.Kind = "Services"
	endpointSlices watch.Kind = "EndpointSlices"
	deployments    watch.Kind = "Deployments"
	crds           watch.Kind = "CustomResourceDefinitions"
)

var crdResource = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// factories make the informers of the kinds.
func factories(kube kubernetes.Interface, gateway gatewayclientset.Interface, metadataClient metadata.Interface) map[watch.Kind]watch.Factory {
	return map[watch.Kind]watch.Factory{
		httpRoutes: factory(&gatewayv1.HTTPRoute{}, func(ns string) listWatcher[*gatewayv1.HTTPRouteList] {
			return gateway.GatewayV1().HTTPRoutes(ns)
		}),
		gateways: factory(&gatewayv1.Gateway{}, func(ns string) listWatcher[*gatewayv1.GatewayList] {
			return gateway.GatewayV1().Gateways(ns)
		}),
		gatewayClasses: factory(&gatewayv1.GatewayClass{}, func(string) listWatcher[*gatewayv1.GatewayClassList] {
			return gateway.GatewayV1().GatewayClasses()
		}),
		services: factory(&corev1.Service{}, func(ns string) listWatcher[*corev1.ServiceList] {
			return kube.CoreV1().Services(ns)
		}),
		endpointSlices: factory(&discoveryv1.EndpointSlice{}, func(ns string) listWatcher[*discoveryv1.EndpointSliceList] {
			return kube.DiscoveryV1().EndpointSlices(ns)
		}),
		deployments: factory(&appsv1.Deployment{}, func(ns string) listWatcher[*appsv1.DeploymentList] {
			return kube.AppsV1().Deployments(ns)
		}),
		crds: factory(&metav1.PartialObjectMetadata{}, func(string) listWatcher[*metav1.PartialObjectMetadataList] {
			return metadataClient.Resource(crdResource)
		}),
	}
}

// listWatcher is the part of a typed client that an informer needs.
type listWatcher[L runtime.Object] interface {
	List(ctx context.Context, options metav1.ListOptions) (L, error)
	Watch(ctx context.Context, options metav1.ListOptions) (pkgwatch.Interface, error)
}

// factory makes informers from a typed client, and not from the generated informer
// factories: those of gateway-api v1.6 need a newer client-go than Knative's.
func factory[L runtime.Object](example runtime.Object, client func(namespace string) listWatcher[L]) watch.Factory {
	indexers := cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc, byController: controllerUID}
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
		return cache.NewSharedIndexInformer(source, example, 0, indexers)
	}
}

// byController indexes objects by the UID of the object that controls them.
const byController = "controller"

func controllerUID(object any) ([]string, error) {
	accessor, err := meta.Accessor(object)
	if err != nil {
		return nil, err
	}
	if ref := metav1.GetControllerOf(accessor); ref != nil {
		return []string{string(ref.UID)}, nil
	}
	return nil, nil
}
