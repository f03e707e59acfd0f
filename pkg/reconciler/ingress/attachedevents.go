// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/attached"
)

// attached enqueues the KIngresses of the parents of a user's HTTPRoute, and of those that it had. A change of
// what other controllers write into its status does not count.
func (e *clusterEvents) attached(old, route *gatewayv1.HTTPRoute) {
	if old != nil && old.Generation == route.Generation && old.DeletionTimestamp.Equal(route.DeletionTimestamp) &&
		equality.Semantic.DeepEqual(entriesOf(old), entriesOf(route)) {
		return
	}
	if old != nil {
		e.frontends(attached.Frontends(old))
	}
	e.frontends(attached.Frontends(route))
}

// unparented enqueues the parents of a user's HTTPRoute that the first list of a watch has, if they have no
// KIngress: that may have been deleted while no watch was there. All KIngresses are reconciled then anyway.
func (e *clusterEvents) unparented(route *gatewayv1.HTTPRoute) {
	for _, frontend := range attached.Frontends(route) {
		if len(e.by(byFrontend, frontend.String())) == 0 {
			e.frontends([]attached.Frontend{frontend})
		}
	}
}

// frontends enqueues the KIngresses of frontends. For one without KIngress it enqueues the key that such a
// KIngress would have.
func (e *clusterEvents) frontends(all []attached.Frontend) {
	for _, frontend := range all {
		found := e.by(byFrontend, frontend.String())
		for _, object := range found {
			e.impl.Enqueue(object)
		}
		if len(found) == 0 {
			e.impl.EnqueueKey(types.NamespacedName{Namespace: frontend.Namespace, Name: frontend.Name})
		}
	}
}

// attachedTo enqueues the KIngresses of the frontends whose HTTPRoutes lead to the Knative Service with a
// host of the cluster.
func (e *clusterEvents) attachedTo(namespace, host string) {
	if name, is := attached.ServiceAt(namespace, host); is {
		e.frontends(e.r.cluster.ShownFrontends(types.NamespacedName{Namespace: namespace, Name: name}))
	}
}

// orphaned enqueues the frontend of a KIngress that is deleted, if HTTPRoutes name it as their parent.
func (e *clusterEvents) orphaned(ing *v1alpha1.Ingress) {
	if frontend, is := attached.FrontendOf(ing); is && len(e.r.cluster.ShownAttached(frontend)) > 0 {
		e.frontends([]attached.Frontend{frontend})
	}
}

// entriesOf are the controller's entries in the status of a route.
func entriesOf(route *gatewayv1.HTTPRoute) []gatewayv1.RouteParentStatus {
	found := []gatewayv1.RouteParentStatus{}
	for _, entry := range route.Status.Parents {
		if entry.ControllerName == attached.ControllerName {
			found = append(found, entry)
		}
	}
	return found
}
