// SPDX-License-Identifier: Apache-2.0

package cluster

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

// Cluster reads objects from informers that it starts when they are first needed.
type Cluster struct {
	*watch.Set
}

// New returns a Cluster whose informers end with ctx and tell the handler.
func New(ctx context.Context, clients Clients, handler cache.ResourceEventHandler) Cluster {
	return Cluster{watch.NewSet(ctx, clients.factories(), handler)}
}

// Scopes that are the same for all KIngresses. Data-plane Services and their slices
// are found by label: slices carry the labels of their Service.
var (
	OurRoutes         = watch.Scope{Kind: HTTPRoutes, Labels: networking.IngressLabelKey}
	OurListenerSets   = watch.Scope{Kind: ListenerSets, Labels: networking.IngressLabelKey}
	OurGrants         = watch.Scope{Kind: ReferenceGrants, Labels: networking.IngressLabelKey}
	AllGateways       = watch.Scope{Kind: Gateways}
	AllGatewayClasses = watch.Scope{Kind: GatewayClasses}
	DataPlaneLabels   = []string{dataplane.GatewayNameLabel, dataplane.OwningNameLabel}
)

// BackendServices is the scope of the Services that a namespace offers as backends.
func BackendServices(namespace string) watch.Scope {
	return watch.Scope{Kind: Services, Namespace: namespace}
}

// SlicesOf is the scope of the slices of one Service.
func SlicesOf(service types.NamespacedName) watch.Scope {
	return watch.Scope{Kind: EndpointSlices, Namespace: service.Namespace, Labels: discoveryv1.LabelServiceName + "=" + service.Name}
}

// Get finds one object in a scope; nil when it does not exist. An error means that
// nobody could look.
func Get[T any](ctx context.Context, c Cluster, scope watch.Scope, name types.NamespacedName) (*T, error) {
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

// List returns all objects of a scope in a namespace, or in all for "".
func List[T any](ctx context.Context, c Cluster, scope watch.Scope, namespace string) ([]*T, error) {
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

// DataPlane is the Service of a Gateway and the slices of its pods.
func (c Cluster) DataPlane(ctx context.Context, entry config.Entry, gateway *gatewayv1.Gateway) (*corev1.Service, []*discoveryv1.EndpointSlice, error) {
	if entry.Service.Name != "" {
		service, err := Get[corev1.Service](ctx, c, watch.Named(Services, entry.Service.Namespace, entry.Service.Name), entry.Service)
		if err != nil || service == nil {
			return nil, nil, err
		}
		slices, err := List[discoveryv1.EndpointSlice](ctx, c, SlicesOf(entry.Service), "")
		return service, slices, err
	}
	for _, label := range DataPlaneLabels {
		candidates, err := List[corev1.Service](ctx, c, watch.Scope{Kind: Services, Labels: label}, "")
		if err != nil {
			return nil, nil, err
		}
		if service := dataplane.Discover(gateway, candidates); service != nil {
			slices, err := List[discoveryv1.EndpointSlice](ctx, c, watch.Scope{Kind: EndpointSlices, Labels: label}, service.Namespace)
			return service, slices, err
		}
	}
	return nil, nil, nil
}
