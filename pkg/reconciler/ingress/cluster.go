// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// cluster reads objects from informers that it starts when they are first needed.
type cluster struct {
	*watch.Set
}

// Scopes that are the same for all KIngresses. Data-plane Services and their slices
// are found by label: slices carry the labels of their Service.
var (
	ourRoutes         = watch.Scope{Kind: httpRoutes, Labels: networking.IngressLabelKey}
	allGateways       = watch.Scope{Kind: gateways}
	allGatewayClasses = watch.Scope{Kind: gatewayClasses}
	dataPlaneLabels   = []string{dataplane.GatewayNameLabel, dataplane.OwningNameLabel}
)

func backendServices(namespace string) watch.Scope {
	return watch.Scope{Kind: services, Namespace: namespace}
}

func slicesOf(service types.NamespacedName) watch.Scope {
	return watch.Scope{Kind: endpointSlices, Namespace: service.Namespace, Labels: discoveryv1.LabelServiceName + "=" + service.Name}
}

// get finds one object in a scope; nil when it does not exist. An error means that
// nobody could look.
func get[T any](ctx context.Context, c cluster, scope watch.Scope, name types.NamespacedName) (*T, error) {
	store, err := c.Ensure(ctx, scope)
	if err != nil {
		return nil, err
	}
	object, exists, err := store.GetByKey(cache.NewObjectName(name.Namespace, name.Name).String())
	if err != nil || !exists {
		return nil, err
	}
	typed, ok := object.(*T)
	if !ok {
		return nil, fmt.Errorf("%s holds a %T", scope.Kind, object)
	}
	return typed, nil
}

// list returns all objects of a scope in a namespace, or in all for "".
func list[T any](ctx context.Context, c cluster, scope watch.Scope, namespace string) ([]*T, error) {
	store, err := c.Ensure(ctx, scope)
	if err != nil {
		return nil, err
	}
	found := []*T{}
	add := func(object any) { found = append(found, object.(*T)) }
	if namespace == "" {
		err = cache.ListAll(store, labels.Everything(), add)
	} else {
		err = cache.ListAllByNamespace(store, namespace, labels.Everything(), add)
	}
	return found, err
}

// dataPlane is the Service of a Gateway and the slices of its pods.
func (c cluster) dataPlane(ctx context.Context, entry config.Entry, gateway *gatewayv1.Gateway) (*corev1.Service, []*discoveryv1.EndpointSlice, error) {
	if entry.Service.Name != "" {
		service, err := get[corev1.Service](ctx, c, watch.Named(services, entry.Service.Namespace, entry.Service.Name), entry.Service)
		if err != nil || service == nil {
			return nil, nil, err
		}
		slices, err := list[discoveryv1.EndpointSlice](ctx, c, slicesOf(entry.Service), "")
		return service, slices, err
	}
	for _, label := range dataPlaneLabels {
		candidates, err := list[corev1.Service](ctx, c, watch.Scope{Kind: services, Labels: label}, "")
		if err != nil {
			return nil, nil, err
		}
		if service := dataplane.Discover(gateway, candidates); service != nil {
			slices, err := list[discoveryv1.EndpointSlice](ctx, c, watch.Scope{Kind: endpointSlices, Labels: label}, service.Namespace)
			return service, slices, err
		}
	}
	return nil, nil, nil
}
