// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

// Desired is what should exist in the cluster, and how to see that it works.
type Desired struct {
	Routes []routes.Route
	// Attached are the HTTPRoutes of users whose parent is the owner of the KIngress, the oldest first.
	Attached []Attached
	// Unshared are ListenerSets that KIngresses have shared, and that none may share any more.
	Unshared sets.Set[string]
	// Finished has the listeners of spec.tls.
	listeners.Finished
	// Policies and Trust make gateways use TLS to Knative's own backends. Other KIngresses may want the
	// same ones. Trust is nil if there are no Policies.
	Policies []*gatewayv1.BackendTLSPolicy
	Trust    *corev1.ConfigMap
	// PreservedHosts are hosts whose stored routes stay as they are, because there can be no TLS to
	// their backends, which ask for it. A Refusal says why.
	PreservedHosts sets.Set[input.HostAt]
	Gaps           []conditions.Gap
	// Refusals name the parts that could not be translated; the rest is served.
	Refusals []*conditions.Refusal
	// RequeueAfter is after how long a translation of the same input gives another result, because
	// time has passed; 0 is never.
	RequeueAfter time.Duration
}

// Attached is what a user's HTTPRoute becomes. Its Routes have versions of their own.
type Attached struct {
	attached.Route
	Routes []routes.Route
}

// All are the routes of the KIngress itself, and those that are rendered for HTTPRoutes of users.
func (d Desired) All() []routes.Route {
	all := slices.Clip(d.Routes)
	for _, attached := range d.Attached {
		all = append(all, attached.Routes...)
	}
	return all
}

// Version identifies what has to be proven for a visibility.
func (d Desired) Version(visibility v1alpha1.IngressVisibility) string {
	return routes.Version(d.Routes, visibility)
}

// Objects are the routes without their proofs.
func (d Desired) Objects() []*gatewayv1.HTTPRoute {
	all := d.All()
	objects := make([]*gatewayv1.HTTPRoute, 0, len(all))
	for _, route := range all {
		objects = append(objects, route.Object)
	}
	return objects
}
