// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"fmt"

	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/pkg/logging"

	"github.com/net-gateways/net-gateways/pkg/panics"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// Cluster reads objects from informers that it starts when they are first needed.
type Cluster struct {
	*watch.Set
}

// New returns a Cluster. Its handler gets the events of the scopes that are asked for through this Cluster; where
// the handler panics, that event alone is lost. delays is told of first lists that do not arrive in time.
func New(ctx context.Context, connection Connection, handler cache.ResourceEventHandler, delays watch.Delays) Cluster {
	return Cluster{connection.informers.Set(panics.Handler{Events: handler, Logger: logging.FromContext(ctx)}, delays)}
}

// Scopes that are the same for all KIngresses.
var (
	OurRoutes         = watch.Scope{Kind: HTTPRoutes, Labels: networking.IngressLabelKey}
	OurListenerSets   = watch.Scope{Kind: ListenerSets, Labels: networking.IngressLabelKey}
	OurGrants         = watch.Scope{Kind: ReferenceGrants, Labels: networking.IngressLabelKey}
	AllGateways       = watch.Scope{Kind: Gateways}
	AllGatewayClasses = watch.Scope{Kind: GatewayClasses}
)

// BackendServices is the scope of the Services that a namespace offers as backends.
func BackendServices(namespace string) watch.Scope {
	return watch.Scope{Kind: Services, Namespace: namespace}
}

// SlicesOf is the scope of the slices of one Service.
func SlicesOf(service types.NamespacedName) watch.Scope {
	return watch.Scope{Kind: EndpointSlices, Namespace: service.Namespace, Labels: discoveryv1.LabelServiceName + "=" + service.Name}
}

// Get returns one object of a scope; nil when it does not exist. The error says why the scope cannot be read.
func Get[T any](ctx context.Context, c Cluster, scope watch.Scope, name types.NamespacedName) (*T, error) {
	store, err := c.Ensure(ctx, scope)
	if err != nil {
		return nil, err
	}
	object, exists, err := store.GetByKey(cache.NewObjectName(name.Namespace, name.Name).String())
	if err != nil || !exists {
		return nil, err
	}
	return as[T](scope, object)
}

// as is an object of a scope with its type.
func as[T any](scope watch.Scope, object any) (*T, error) {
	typed, ok := object.(*T)
	if !ok {
		return nil, fmt.Errorf("%s holds a %T", scope.Kind, object)
	}
	return typed, nil
}

// Shown returns an object of a scope as its informer shows it now; nil when the informer does not show it, or has no
// list yet. It starts no informer and does not wait.
func Shown[T any](c Cluster, scope watch.Scope, name types.NamespacedName) *T {
	store, listed := c.Listed(scope)
	if !listed {
		return nil
	}
	object, exists, err := store.GetByKey(cache.NewObjectName(name.Namespace, name.Name).String())
	if typed, ok := object.(*T); ok && exists && err == nil {
		return typed
	}
	return nil
}

// List returns the objects of a scope in a namespace, or in all namespaces for "".
func List[T any](ctx context.Context, c Cluster, scope watch.Scope, namespace string) ([]*T, error) {
	store, err := c.Ensure(ctx, scope)
	if err != nil {
		return nil, err
	}
	objects := store.List()
	if namespace != "" {
		if objects, err = store.ByIndex(cache.NamespaceIndex, namespace); err != nil {
			return nil, err
		}
	}
	found := make([]*T, len(objects))
	for i, object := range objects {
		if found[i], err = as[T](scope, object); err != nil {
			return nil, err
		}
	}
	return found, nil
}
