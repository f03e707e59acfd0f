// SPDX-License-Identifier: Apache-2.0

package dataplane_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// terminating is a listener that ends TLS and admits routes from some namespaces.
func terminating(name string, namespaces *gatewayv1.RouteNamespaces) gatewayv1.Listener {
	return gatewayv1.Listener{Name: gatewayv1.SectionName(name), Port: 8443, Protocol: gatewayv1.HTTPSProtocolType, AllowedRoutes: &gatewayv1.AllowedRoutes{Namespaces: namespaces}}
}

// TestAvailableListeners: B-TLS-1, B-OPS-5, a listener of the operator is used only where it ends TLS
// and admits HTTPRoutes of the namespace; ours are those of our field manager.
func TestAvailableListeners(t *testing.T) {
	all := &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromAll)}
	selected := func(value string) *gatewayv1.RouteNamespaces {
		return &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromSelector), Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"team": value}}}
	}
	passthrough, grpc := terminating("passthrough", all), terminating("grpc", all)
	passthrough.TLS = &gatewayv1.ListenerTLSConfig{Mode: new(gatewayv1.TLSModePassthrough)}
	grpc.AllowedRoutes.Kinds = []gatewayv1.RouteGroupKind{{Kind: "GRPCRoute"}}
	gw := gateway()
	gw.Generation = 2
	gw.Spec.Listeners = []gatewayv1.Listener{
		{Name: "http", Port: 80, Protocol: gatewayv1.HTTPProtocolType, AllowedRoutes: &gatewayv1.AllowedRoutes{Namespaces: all}},
		terminating("all", all), terminating("ours", selected("shop")), terminating("theirs", selected("bank")),
		terminating("same", &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromSame)}), {Name: "silent", Protocol: gatewayv1.HTTPSProtocolType},
		terminating("from-none", &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromNone)}), passthrough, grpc,
	}
	for name, generation := range map[gatewayv1.SectionName]int64{"all": 2, "same": 1} {
		gw.Status.Listeners = append(gw.Status.Listeners, gatewayv1.ListenerStatus{Name: name, Conditions: []metav1.Condition{{Type: "Programmed", Status: "True", ObservedGeneration: generation}}})
	}
	owns := func(manager, fields string) metav1.ManagedFieldsEntry {
		return metav1.ManagedFieldsEntry{Manager: manager, FieldsV1: &metav1.FieldsV1{Raw: []byte(fields)}}
	}
	gw.ManagedFields = []metav1.ManagedFieldsEntry{
		owns("net-gateways-uid", `{"f:spec":{"f:listeners":{"k:{\"name\":\"ours\"}":{".":{},"f:port":{}}}}}`),
		owns("net-gateways-other", `{"f:spec":{"f:listeners":{"k:{\"name\":\"theirs\"}":{".":{}}}}}`),
		owns("net-gateways-uid", `{"f:metadata":{"f:labels":{"f:all":{}}}}`), owns("net-gateways-uid", `nonsense`), {Manager: "net-gateways-uid"},
	}
	got := dataplane.AvailableListenersOf(gw, "uid", dataplane.Tenant{Namespace: "shop", Labels: map[string]string{"team": "shop"}})
	want := dataplane.AvailableListeners{
		Listeners: gw.Spec.Listeners, Held: sets.New[gatewayv1.SectionName]("ours"),
		Attachable: sets.New[gatewayv1.SectionName]("http", "all", "ours"), Usable: sets.New[gatewayv1.SectionName]("all", "ours"), Programmed: sets.New[gatewayv1.SectionName]("all"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !dataplane.AvailableListenersOf(gw, "uid", dataplane.Tenant{Namespace: "gateways"}).Usable.HasAll("same", "silent") {
		t.Error("Listeners do not admit the Gateway's own namespace")
	}
}

// TestHTTPSPort: B-TLS-1, B-TRN-8, new listeners are where the operator's are, whatever ours did.
func TestHTTPSPort(t *testing.T) {
	gw := gateway()
	gw.Spec.Listeners = []gatewayv1.Listener{terminating("hello.example.com.0.net-gateways", nil)}
	if got := dataplane.HTTPSPort(gw, shop, nil, nil); got != 443 {
		t.Errorf("HTTPSPort() = %d without a listener of the operator", got)
	}
	gw.Spec.Listeners = append(gw.Spec.Listeners, terminating("wildcard", nil))
	if got := dataplane.HTTPSPort(gw, shop, nil, nil); got != 8443 {
		t.Errorf("HTTPSPort() = %d, want the operator's 8443", got)
	}
	gw.Spec.Listeners = append(gw.Spec.Listeners, listener("apps", 9443, "HTTPS"))
	if got := dataplane.HTTPSPort(gw, shop, nil, nil); got != 9443 {
		t.Errorf("HTTPSPort() = %d, want that of the listener that admits the namespace", got)
	}
}

// TestNotAdmitted: B-TLS-1, a namespace that allowedListeners does not admit gets a text with the field to set.
func TestNotAdmitted(t *testing.T) {
	const text = "set spec.allowedListeners of Gateway gateways/blue so that it admits ListenerSets of namespace shop"
	tests := map[gatewayv1.FromNamespaces]string{
		"": text, gatewayv1.NamespacesFromNone: text, gatewayv1.NamespacesFromSame: text, gatewayv1.NamespacesFromAll: "", gatewayv1.NamespacesFromSelector: "",
	}
	for from, want := range tests {
		gw := gateway()
		if from != "" {
			gw.Spec.AllowedListeners = &gatewayv1.AllowedListeners{Namespaces: &gatewayv1.ListenerNamespaces{From: &from, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"team": "shop"}}}}
		}
		if got := dataplane.NotAdmitted(gw, dataplane.Tenant{Namespace: "shop", Labels: map[string]string{"team": "shop"}}); got != want {
			t.Errorf("%q: NotAdmitted() = %q", from, got)
		}
	}
}
