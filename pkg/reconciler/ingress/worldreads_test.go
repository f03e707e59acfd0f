// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/apis"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
)

func (w *world) ingress(name string) *v1alpha1.Ingress {
	w.Helper()
	stored, err := w.networking.Tracker().Get(ingresses, "default", name)
	if err != nil {
		w.Fatal(err)
	}
	return stored.(*v1alpha1.Ingress)
}

// conditions are the conditions of a KIngress, as "True", or "False Reason: message".
func (w *world) conditions(name string) map[string]string {
	w.Helper()
	found := map[string]string{}
	ing := w.ingress(name)
	for _, kind := range []apis.ConditionType{"Ready", "NetworkConfigured", "LoadBalancerReady"} {
		if condition := ing.Status.GetCondition(kind); condition != nil {
			found[string(kind)] = strings.TrimSuffix(fmt.Sprintf("%s %s: %s", condition.Status, condition.Reason, condition.Message), " : ")
		}
	}
	return found
}

func (w *world) is(name, ready string) func() bool {
	return func() bool { return strings.HasPrefix(w.conditions(name)["Ready"], ready) }
}

// routes are the stored HTTPRoutes, by name.
func (w *world) routes() map[string]*gatewayv1.HTTPRoute {
	w.Helper()
	stored, err := w.gateway.Tracker().List(httpRoutes, schema.GroupVersion(gatewayv1.GroupVersion).WithKind("HTTPRoute"), "")
	if err != nil {
		w.Fatal(err)
	}
	found := map[string]*gatewayv1.HTTPRoute{}
	for _, route := range stored.(*gatewayv1.HTTPRouteList).Items {
		found[route.Name] = &route
	}
	return found
}

// writes are the requests that write since the last call, in their order by API.
func (w *world) writes() []string {
	found := []string{}
	for _, action := range slices.Concat(w.gateway.Actions(), w.networking.Actions()) {
		if verb := action.GetVerb(); verb != "get" && verb != "list" && verb != "watch" {
			found = append(found, strings.TrimSuffix(verb+" "+action.GetResource().Resource+"/"+action.GetSubresource(), "/"))
		}
	}
	w.gateway.ClearActions()
	w.networking.ClearActions()
	return found
}

func (w *world) describe() string {
	text := ""
	for _, name := range []string{"hello", "older"} {
		if _, err := w.networking.Tracker().Get(ingresses, "default", name); err == nil {
			text += fmt.Sprintf("%s: %v\n", name, w.conditions(name))
		}
	}
	return text + fmt.Sprintf("routes: %d, writes: %v", len(w.routes()), w.writes())
}

// shows tells whether an informer shows that condition of a route.
func (w *world) shows(route, kind string, value metav1.ConditionStatus) func() bool {
	store, err := w.r.cluster.Ensure(w.Context(), cluster.OurRoutes)
	w.must(err)
	return func() bool {
		object, _, err := store.GetByKey("default/" + route)
		w.must(err)
		parents := object.(*gatewayv1.HTTPRoute).Status.Parents
		return len(parents) > 0 && meta.IsStatusConditionPresentAndEqual(parents[0].Conditions, kind, value)
	}
}
