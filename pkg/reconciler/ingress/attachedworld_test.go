// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// aKService is the KIngress of a Knative Service as Serving writes it, with one Revision.
func aKService(name string) *v1alpha1.Ingress {
	ing := aKIngress(name, 0)
	ing.Labels = map[string]string{"serving.knative.dev/service": name, "serving.knative.dev/route": name}
	ing.OwnerReferences = []metav1.OwnerReference{{APIVersion: "serving.knative.dev/v1", Kind: "Route", Name: name, UID: types.UID("route-" + name), Controller: new(true)}}
	for i := range ing.Spec.Rules {
		rule := &ing.Spec.Rules[i]
		for j, host := range rule.Hosts {
			rule.Hosts[j] = strings.Replace(host, "hello", name, 1)
		}
	}
	toRevision(name + "-00001")(ing)
	return ing
}

// aPath sends a path of the hosts of hello to the Knative Service users.
func aPath(name string) *gatewayv1.HTTPRoute {
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, UID: types.UID("uid-of-" + name), Generation: 1, ResourceVersion: "1"}}
	route.Spec.ParentRefs = []gatewayv1.ParentReference{{Group: new(gatewayv1.Group("serving.knative.dev")), Kind: new(gatewayv1.Kind("Service")), Name: "hello"}}
	rule := gatewayv1.HTTPRouteRule{Matches: []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchPathPrefix), Value: new("/" + name)}}}}
	ref := gatewayv1.HTTPBackendRef{}
	ref.Group, ref.Kind, ref.Name, ref.Weight = new(gatewayv1.Group("serving.knative.dev")), new(gatewayv1.Kind("Service")), "users", new(int32(1))
	rule.BackendRefs = []gatewayv1.HTTPBackendRef{ref}
	route.Spec.Rules = []gatewayv1.HTTPRouteRule{rule}
	return route
}

// aWorldOfServices has the Knative Services hello and users, both Ready.
func aWorldOfServices(t *testing.T, data *plane, installation []runtime.Object, besides ...runtime.Object) *world {
	t.Helper()
	objects := slices.Concat(installation, []runtime.Object{theServiceOf("users-00001"), theServiceOf("users-00002"), theServiceOf("hello-00002"), aKService("hello"), aKService("users")}, besides)
	w := data.serves(newWorld(t, objects...))
	w.until("both are Ready", func() bool { return w.is("hello", "True")() && w.is("users", "True")() })
	w.drain()
	w.writes()
	return w
}

// entry are the conditions of the controller's entry in the status of an HTTPRoute, as "STATUS REASON: MESSAGE".
func (w *world) entry(route string) map[string]string {
	w.Helper()
	found := map[string]string{}
	for _, entry := range w.routes()[route].Status.Parents {
		for _, condition := range entry.Conditions {
			if entry.ControllerName == attached.ControllerName {
				found[strings.TrimPrefix(condition.Type, "net-gateways.github.io/")] = string(condition.Status) + " " + condition.Reason + ": " + condition.Message
			}
		}
	}
	return found
}

func (w *world) isServed(route string) func() bool {
	return func() bool { return strings.HasPrefix(w.entry(route)["Served"], "True") }
}

// renderedFor are the names of the HTTPRoutes that are rendered for HTTPRoutes of users.
func (w *world) renderedFor() []string {
	found := []string{}
	for name := range w.routes() {
		if names.IsAttached(name) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

// leadTo are the backends to which the rendered routes send the requests of users.
func (w *world) leadTo() string {
	found := []string{}
	for _, name := range w.renderedFor() {
		for _, rule := range w.routes()[name].Spec.Rules {
			if len(rule.Matches[0].Headers) == 0 && len(rule.BackendRefs) > 0 {
				found = append(found, string(rule.BackendRefs[0].Name))
			}
		}
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), " ")
}
