// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"fmt"

	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/pkg/logging"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/panics"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// Cluster reads objects from informers that it starts when they are first needed.
type Cluster struct {
	*watch.Set
}

// New returns a Cluster whose handler hears of the objects that are asked for through it; an object
// over which it panics costs one event. The delays hear of first lists that do not come in time.
func New(ctx context.Context, connection Connection, handler cache.ResourceEventHandler, delays watch.Delays) Cluster {
	return Cluster{connection.informers.Set(panics.Handler{Events: handler, Logger: logging.FromContext(ctx)}, delays)}
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

// Shown is an object of a scope as its informer shows it now; nil when it shows none, or has no
// list yet. It waits for nothing.
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
