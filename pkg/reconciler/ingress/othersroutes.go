// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// recordOthersRoutes records an Event for each HTTPRoute of another owner that is attached to the Gateway of
// one of the KIngress's hosts, for that host (SPEC B-TRN-7). Its owner may do so. But if rules of both
// match a request, the KIngress does not show otherwise why the request goes elsewhere.
func (r *Reconciler) recordOthersRoutes(ctx context.Context, seen *observe.Observation) {
	for _, rule := range seen.Ingress.Spec.Rules {
		side := seen.Sides[rules.Visibility(rule)]
		if !side.Serves() {
			continue
		}
		for _, host := range rule.Hosts {
			routes, err := r.cluster.RoutesAt(ctx, host)
			if err != nil {
				return // of which the informer tells
			}
			for _, route := range routes {
				at := slices.ContainsFunc(route.Spec.ParentRefs, func(parent gatewayv1.ParentReference) bool {
					return dataplane.GatewayBehind(parent, route.Namespace, nil) == side.Entry.Gateway
				})
				if at && !r.isOfIngress(route) && r.reportedRoutes.first(seen.Ingress.UID, apply.NameOf(route)) {
					r.recorder.Eventf(seen.Ingress, corev1.EventTypeWarning, conditions.ReasonHostConflict,
						"HTTPRoute %s on Gateway %s has host %s, too; a request that rules of both match alike goes to the older HTTPRoute: take the host out of one of them if that is not meant",
						apply.NameOf(route), side.Entry.Gateway, host)
				}
			}
		}
	}
}

// isOfIngress tells whether a KIngress controls a route: of two KIngresses with one host only one has
// routes for it.
func (r *Reconciler) isOfIngress(route *gatewayv1.HTTPRoute) bool {
	owner := metav1.GetControllerOf(route)
	if owner == nil || owner.Kind != "Ingress" {
		return false
	}
	ing, err := r.lister.Ingresses(route.Namespace).Get(owner.Name)
	return err == nil && ing.UID == owner.UID
}

// othersRoute enqueues the KIngresses that have a host of another owner's route and no Event about it
// yet. A change of the route's status does not count.
func (e *clusterEvents) othersRoute(old, route *gatewayv1.HTTPRoute) {
	if old != nil && old.Generation == route.Generation {
		return
	}
	found := []*v1alpha1.Ingress{}
	for _, hostname := range route.Spec.Hostnames {
		for _, host := range cluster.HostAndWildcards(string(hostname)) {
			for _, object := range e.by(byHost, host) {
				if ing, ok := object.(*v1alpha1.Ingress); ok && !e.r.reportedRoutes.has(ing.UID, apply.NameOf(route)) {
					found = append(found, ing)
				}
			}
		}
	}
	e.resync(found)
}

func isLabelled(route *gatewayv1.HTTPRoute) bool {
	_, labelled := route.Labels[networking.IngressLabelKey]
	return labelled
}

// reportedRoutes has the routes of other owners about which there was an Event, so that there is only one. It is a
// cache: a new leader records them again.
type reportedRoutes struct {
	mu     sync.Mutex
	routes map[types.UID]sets.Set[types.NamespacedName] // key: KIngress
}

// mostReportedRoutes is for how many routes one KIngress gets Events, because a client that may write HTTPRoutes
// can write many.
const mostReportedRoutes = 16

func newReportedRoutes() *reportedRoutes {
	return &reportedRoutes{routes: map[types.UID]sets.Set[types.NamespacedName]{}}
}

// first tells whether there was no Event about a route yet, and records that there is one now.
func (t *reportedRoutes) first(ingress types.UID, route types.NamespacedName) bool {
	if t.has(ingress, route) {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.routes[ingress] == nil {
		t.routes[ingress] = sets.New[types.NamespacedName]()
	}
	t.routes[ingress].Insert(route)
	return true
}

func (t *reportedRoutes) has(ingress types.UID, route types.NamespacedName) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.routes[ingress].Has(route) || len(t.routes[ingress]) >= mostReportedRoutes
}

func (t *reportedRoutes) evict(ingress types.UID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.routes, ingress)
}
