// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/selection"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// observed is what a reconcile depends on, as values: what is not there is nil or
// absent. It is complete before anything is decided.
type observed struct {
	ingress *v1alpha1.Ingress
	state   config.State
	config  *config.Config // that of the state
	// namespace is that of the KIngress; nil when it does not exist.
	namespace *corev1.Namespace
	// namespaceLabels are those of the KIngress's namespace.
	namespaceLabels map[string]string
	services        map[types.NamespacedName]*corev1.Service
	// mapped are the KIngresses that serve the hosts this one rewrites to.
	mapped map[string]*v1alpha1.Ingress
	// rivals serve a host of this one and are older, in the order of their age.
	rivals []rival
	routes map[string]*gatewayv1.HTTPRoute
	// served are the Services to which the routes lead now.
	served sets.Set[types.NamespacedName]
	// unseen is after how long to look whether informers show what was written; 0 if they do.
	unseen time.Duration
	// listenerSets are this KIngress's, by name; noListenerSets says why there can be none.
	listenerSets   map[string]*gatewayv1.ListenerSet
	noListenerSets string
	// gatewaysSeen are the selected Gateways and those that this KIngress has listeners on;
	// grants are its ReferenceGrants, by name.
	gatewaysSeen map[types.NamespacedName]*gatewayv1.Gateway
	grants       map[string]*gatewayv1beta1.ReferenceGrant
	// sharers are others that name a Secret that this one names, on the same Gateway.
	sharers map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress
	// policies are those of the backends, by name; trust is what they need.
	policies map[string]*gatewayv1.BackendTLSPolicy
	trust    translate.Trust
	now      time.Time
	sides    map[v1alpha1.IngressVisibility]observedSide
}

// gather reads all of it. An error means that something could not be looked at.
func (r *Reconciler) gather(ctx context.Context, ing *v1alpha1.Ingress) (*observed, error) {
	seen := &observed{ingress: ing, state: r.config.Load(), now: r.clock.Now()}
	seen.config = seen.state.Config
	steps := []func(context.Context, *observed) error{
		r.gatherNamespace, r.gatherMapped, r.gatherServices, r.gatherRoutes, r.gatherServed, r.gatherListenerSets, r.gatherInternalTLS,
		r.gatherSides, r.gatherRivals, r.gatherSharers,
		r.gatherGateways, r.gatherGrants,
	}
	for _, step := range steps {
		if err := step(ctx, seen); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// gatherMapped finds, for each rewriteHost, the oldest KIngress of the namespace
// that serves it.
func (r *Reconciler) gatherMapped(_ context.Context, seen *observed) error {
	seen.mapped = map[string]*v1alpha1.Ingress{}
	for key := range rewritesOf(seen.ingress) {
		_, host, _ := strings.Cut(key, "/")
		candidates, err := r.ingressesBy(byHost, host)
		if err != nil {
			return err
		}
		for _, candidate := range candidates {
			known := seen.mapped[host]
			if candidate.Namespace == seen.ingress.Namespace && candidate.UID != seen.ingress.UID && (known == nil || older(candidate, known)) {
				seen.mapped[host] = candidate
			}
		}
	}
	return nil
}

// gatherServices reads the backends of the KIngress and of those it maps to. Where an
// ExternalName leads to is not read: its namespace need not be one that we watch.
func (r *Reconciler) gatherServices(ctx context.Context, seen *observed) error {
	seen.services = map[types.NamespacedName]*corev1.Service{}
	backends := backendsOf(seen.ingress)
	for _, target := range seen.mapped {
		backends = backends.Union(backendsOf(target))
	}
	for backend := range backends {
		namespace, name, _ := strings.Cut(backend, "/")
		key := types.NamespacedName{Namespace: namespace, Name: name}
		service, err := cluster.Get[corev1.Service](ctx, r.cluster, cluster.BackendServices(namespace), key)
		if err != nil {
			return err
		}
		if service != nil {
			seen.services[key] = service
		}
	}
	return nil
}

func (r *Reconciler) gatherRoutes(ctx context.Context, seen *observed) error {
	seen.routes = map[string]*gatewayv1.HTTPRoute{}
	store, err := r.cluster.Ensure(ctx, cluster.OurRoutes)
	if err != nil {
		return err
	}
	return gatherControlled(ownedBy{seen, store, seen.ingress}, r.routes, seen.routes)
}

// gatherServed finds the Services of the KIngress's namespace to which its routes lead now.
func (r *Reconciler) gatherServed(ctx context.Context, seen *observed) error {
	seen.served = sets.New[types.NamespacedName]()
	for _, route := range seen.routes {
		for name := range translate.LeadsTo(route) {
			if name.Namespace != seen.ingress.Namespace {
				continue
			}
			service, err := cluster.Get[corev1.Service](ctx, r.cluster, cluster.BackendServices(name.Namespace), name)
			if err != nil {
				return err
			}
			if service != nil {
				seen.served.Insert(name)
			}
		}
	}
	return nil
}

// gatherSides selects an entry for each visibility and reads its Gateway.
func (r *Reconciler) gatherSides(ctx context.Context, seen *observed) error {
	seen.sides = map[v1alpha1.IngressVisibility]observedSide{}
	request, err := r.request(seen.ingress, seen.mapped)
	if err != nil {
		return err
	}
	seen.namespaceLabels = request.NamespaceLabels
	for _, visibility := range config.Visibilities {
		side := observedSide{}
		side.entry, side.refusal = selection.Select(seen.config, visibility, request)
		if side.refusal == nil {
			if err = r.gatherGateway(ctx, &side); err == nil {
				err = r.gatherDataPlane(ctx, &side, publishedAt(seen.ingress, visibility))
			}
		} else {
			err = r.gatherUnsaid(ctx, seen, visibility, &side)
		}
		if err != nil {
			return err
		}
		seen.sides[visibility] = side
	}
	return nil
}

func (r *Reconciler) gatherGateway(ctx context.Context, side *observedSide) error {
	var err error
	if side.gateway, err = cluster.Get[gatewayv1.Gateway](ctx, r.cluster, cluster.AllGateways, side.entry.Gateway); err != nil || side.gateway == nil {
		return err
	}
	side.gateway = r.gateways.Newest(side.gateway)
	name := types.NamespacedName{Name: string(side.gateway.Spec.GatewayClassName)}
	class, err := cluster.Get[gatewayv1.GatewayClass](ctx, r.cluster, cluster.AllGatewayClasses, name)
	if err != nil {
		return err
	}
	side.class, side.noClass = r.classes.believe(name.Name, class)
	return nil
}

// request is what selection asks for.
func (r *Reconciler) request(ing *v1alpha1.Ingress, mapped map[string]*v1alpha1.Ingress) (selection.Request, error) {
	namespace, err := r.namespace(ing)
	if err != nil {
		return selection.Request{}, err
	}
	request := selection.Request{Ingress: ing, NamespaceLabels: namespace.Labels}
	for _, target := range mapped {
		if request.Target == nil || older(target, request.Target) {
			request.Target = target
		}
	}
	return request, nil
}

func (r *Reconciler) ingressesBy(indexName, value string) ([]*v1alpha1.Ingress, error) {
	objects, err := r.indexer.ByIndex(indexName, value)
	if err != nil {
		return nil, err
	}
	found := make([]*v1alpha1.Ingress, 0, len(objects))
	for _, object := range objects {
		found = append(found, object.(*v1alpha1.Ingress))
	}
	return found, nil
}
