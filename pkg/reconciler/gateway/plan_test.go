// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

const systemNamespace = "knative-serving"

// TestPlan: B-INS-3, an entry without `gateway` gets one of ours; ours go when no entry
// wants them and no route uses them; no Gateway of others is touched. B-TLS-1: ours admit ListenerSets
// as soon as these are known, unless the operator says otherwise.
func TestPlan(t *testing.T) {
	managed := parsed(t, "- class: fast\n")
	named := parsed(t, "- class: fast\n  gateway: other/blue\n")
	name := config.ManagedGatewayName("ExternalIP", "fast")
	localName := config.ManagedGatewayName("ClusterLocal", "fast")
	onlyLocal := parsedLists(t, "", "- class: slow\n  gateway: other/blue\n")
	noExternal := parsedLists(t, "[]", "- class: slow\n  gateway: other/blue\n")
	tests := []struct {
		name    string
		config  *config.Config
		current []*gatewayv1.Gateway
		used    bool
		old     bool // the CRDs know no ListenerSets
		want    names
	}{
		{name: "nothing configured, nothing there", config: &config.Config{}},
		{name: "created", config: managed, want: names{Create: []string{name}}},
		{name: "there already", config: managed, current: list(own(name, nil))},
		{name: "of another class", config: managed, current: list(own(name, func(g *gatewayv1.Gateway) { g.Spec.GatewayClassName = "slow" })), want: names{Update: []string{name}}},
		{name: "its listener is gone", config: managed, current: list(own(name, func(g *gatewayv1.Gateway) { g.Spec.Listeners[0].Name = "web" })), want: names{Update: []string{name}}},
		{name: "a listener of the operator's stays", config: managed, current: list(own(name, func(g *gatewayv1.Gateway) {
			g.Spec.Listeners = append(g.Spec.Listeners, gatewayv1.Listener{Name: "https", Port: 443, Protocol: gatewayv1.HTTPSProtocolType})
		}))},
		{name: "made when there were no ListenerSets", config: managed, current: list(own(name, func(g *gatewayv1.Gateway) { g.Spec.AllowedListeners = nil })), want: names{Update: []string{name}}},
		{name: "made when there are still none", config: managed, old: true, current: list(own(name, func(g *gatewayv1.Gateway) { g.Spec.AllowedListeners = nil }))},
		{name: "admits fewer ListenerSets", config: managed, current: list(own(name, func(g *gatewayv1.Gateway) {
			g.Spec.AllowedListeners.Namespaces.From = new(gatewayv1.NamespacesFromSame)
		}))},
		{name: "a Gateway of others has the name", config: managed, current: list(own(name, func(g *gatewayv1.Gateway) { g.Labels = nil })), want: names{Foreign: []string{name}}},
		{name: "not wanted any more", config: named, current: list(own(name, nil)), want: names{Remove: []string{name}}},
		{name: "not wanted, but used", config: named, current: list(own(name, nil)), used: true, want: names{Busy: []string{name}}},
		{name: "B-INS-9 config-gateway does not say what is wanted", config: &config.Config{}, current: list(own(name, nil), own(localName, nil))},
		{name: "B-INS-9 one list is absent", config: onlyLocal, current: list(own(name, nil), own(localName, nil)), want: names{Remove: []string{localName}}},
		{name: "B-INS-3 [] is a wish", config: noExternal, current: list(own(name, nil)), want: names{Remove: []string{name}}},
		{name: "the name of one of ours is written out", config: parsed(t, "- class: fast\n  gateway: knative-serving/"+name), current: list(own(name, nil))},
		{name: "a Gateway of others is left alone", config: named, current: list(own("blue", func(g *gatewayv1.Gateway) { g.Labels = nil }))},
		{name: "on its way out", config: named, current: list(own(name, func(g *gatewayv1.Gateway) { g.DeletionTimestamp = &metav1.Time{} }))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			todo := plan(test.config, observed{current: test.current, used: func(types.NamespacedName) bool { return test.used }, listenerSets: !test.old})
			got := names{Create: namesOf(todo.create), Update: namesOf(todo.update), Remove: namesOf(todo.remove), Busy: namesOf(todo.busy)}
			for _, entry := range todo.foreign {
				got.Foreign = append(got.Foreign, entry.Gateway.Name)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Plan (-want, +got):\n%s", diff)
			}
		})
	}
}

// TestDesiredGateway: B-INS-3, HTTP on port 80 for the routes of all namespaces; it
// admits ListenerSets and has no owner.
func TestDesiredGateway(t *testing.T) {
	cfg := parsed(t, "- class: fast\n")
	gateway := desiredGateway(cfg.External[0], admittedBy(cfg, cfg.External[0].Gateway))
	if gateway.Namespace != systemNamespace || len(gateway.OwnerReferences) > 0 || gateway.Spec.GatewayClassName != "fast" {
		t.Errorf("Gateway %s/%s of class %s, owners %v", gateway.Namespace, gateway.Name, gateway.Spec.GatewayClassName, gateway.OwnerReferences)
	}
	listeners := gateway.Spec.Listeners
	if len(listeners) != 1 || listeners[0].Port != 80 || listeners[0].Protocol != "HTTP" || *listeners[0].AllowedRoutes.Namespaces.From != "All" {
		t.Errorf("Listeners %v", listeners)
	}
	if *gateway.Spec.AllowedListeners.Namespaces.From != "All" {
		t.Error("It admits no ListenerSets")
	}
}

// TestAdmittedBy: B-OPS-5, a Gateway of ours for some namespaces admits the routes and ListenerSets of these, so that no other
// tenant takes a host there, and follows its entry.
func TestAdmittedBy(t *testing.T) {
	tests := map[string]struct {
		external string
		want     gatewayv1.RouteNamespaces
	}{
		"every namespace": {"- class: fast\n", gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromAll)}},
		"some services":   {"- class: fast\n  label-selector: tier=gold\n- class: slow\n", gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromAll)}},
		"some namespaces": {"- class: fast\n  namespace-selector: tenant=a,zone notin (x,y),!test,live\n- class: slow\n", gatewayv1.RouteNamespaces{
			From: new(gatewayv1.NamespacesFromSelector), Selector: &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
				{Key: "live", Operator: metav1.LabelSelectorOpExists},
				{Key: "tenant", Operator: metav1.LabelSelectorOpIn, Values: []string{"a"}},
				{Key: "test", Operator: metav1.LabelSelectorOpDoesNotExist},
				{Key: "zone", Operator: metav1.LabelSelectorOpNotIn, Values: []string{"x", "y"}},
			}},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := parsed(t, test.external)
			made := desiredGateway(cfg.External[0], admittedBy(cfg, cfg.External[0].Gateway))
			if diff := cmp.Diff(&test.want, made.Spec.Listeners[0].AllowedRoutes.Namespaces); diff != "" {
				t.Errorf("Routes (-want, +got):\n%s", diff)
			}
			if diff := cmp.Diff(&gatewayv1.ListenerNamespaces{From: test.want.From, Selector: test.want.Selector}, made.Spec.AllowedListeners.Namespaces); diff != "" {
				t.Errorf("ListenerSets (-want, +got):\n%s", diff)
			}
			open := own(made.Name, func(g *gatewayv1.Gateway) { g.Spec.GatewayClassName = "fast" })
			changed := *test.want.From != gatewayv1.NamespacesFromAll
			if got := plan(cfg, observed{current: list(open), listenerSets: true}).update; (len(got) == 1) != changed {
				t.Errorf("A Gateway for all namespaces is changed: %v, want %v", got, changed)
			}
		})
	}
}

// TestAnyAttached: B-INS-3, a Gateway of ours stays while an HTTPRoute of ours is attached to it, in whatever words.
func TestAnyAttached(t *testing.T) {
	system, other := gatewayv1.Namespace(systemNamespace), gatewayv1.Namespace("other")
	for name, c := range map[string]struct {
		namespace string
		parent    gatewayv1.ParentReference
		want      bool
	}{
		"by its namespace and name":     {"default", gatewayv1.ParentReference{Namespace: &system, Name: "blue"}, true},
		"from its own namespace":        {systemNamespace, gatewayv1.ParentReference{Name: "blue"}, true},
		"with its kind":                 {"default", gatewayv1.ParentReference{Kind: new(gatewayv1.Kind("Gateway")), Namespace: &system, Name: "blue"}, true},
		"another kind of that name":     {"default", gatewayv1.ParentReference{Kind: new(gatewayv1.Kind("ListenerSet")), Namespace: &system, Name: "blue"}, false},
		"another name":                  {"default", gatewayv1.ParentReference{Namespace: &system, Name: "green"}, false},
		"one of that name elsewhere":    {"default", gatewayv1.ParentReference{Namespace: &other, Name: "blue"}, false},
		"one of that name at the route": {"default", gatewayv1.ParentReference{Name: "blue"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			bare, route := &gatewayv1.HTTPRoute{}, &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: c.namespace}}
			route.Spec.ParentRefs = []gatewayv1.ParentReference{c.parent}
			if got := anyAttached([]*gatewayv1.HTTPRoute{bare, route}, types.NamespacedName{Namespace: systemNamespace, Name: "blue"}); got != c.want {
				t.Errorf("Attached: %t", got)
			}
		})
	}
}

type names struct{ Create, Update, Remove, Busy, Foreign []string }

func namesOf(gateways []*gatewayv1.Gateway) []string {
	var found []string
	for _, gateway := range gateways {
		found = append(found, gateway.Name)
	}
	slices.Sort(found)
	return found
}

func parsed(t *testing.T, external string) *config.Config {
	t.Helper()
	return parsedLists(t, external, "[]")
}

func parsedLists(t *testing.T, external, local string) *config.Config {
	t.Helper()
	cfg, _, err := config.Parse(map[string]string{config.ExternalGateways: external, config.LocalGateways: local}, systemNamespace)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// own is a Gateway as we would have made it, edited.
func own(name string, edit func(*gatewayv1.Gateway)) *gatewayv1.Gateway {
	entry := config.Entry{Class: "fast", Gateway: types.NamespacedName{Namespace: systemNamespace, Name: name}}
	gateway := desiredGateway(entry, admittedBy(&config.Config{External: []config.Entry{entry}}, entry.Gateway))
	if edit != nil {
		edit(gateway)
	}
	return gateway
}

func list(gateways ...*gatewayv1.Gateway) []*gatewayv1.Gateway { return gateways }

// TestPrivateGateway: B-SEL-7, a local Gateway of ours on Istio has the annotation by which its Service is ClusterIP, also where
// the GatewayClass came later or another writer took it out. An external one has not, nor one of a class of which none is
// known: that is warned of where it is seen.
func TestPrivateGateway(t *testing.T) {
	private := map[string]string{"networking.istio.io/service-type": "ClusterIP"}
	class := func(controller gatewayv1.GatewayController) []*gatewayv1.GatewayClass {
		found := &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "mesh"}}
		found.Spec.ControllerName = controller
		return []*gatewayv1.GatewayClass{found}
	}
	const istio = "istio.io/gateway-controller"
	for name, c := range map[string]struct {
		classes []*gatewayv1.GatewayClass
		want    map[string]string
		updates int // where the Gateway is there without the annotation
	}{
		"on Istio":                 {class(istio), private, 1},
		"on another":               {class("example.com/other"), nil, 0},
		"its class does not exist": {nil, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := parsedLists(t, "- class: mesh\n", "- class: mesh\n")
			seen := observed{classes: c.classes, listenerSets: true}
			created := plan(cfg, seen).create
			if len(created) != 2 || created[0].Annotations != nil {
				t.Fatalf("Created: %v", created)
			}
			if diff := cmp.Diff(c.want, created[1].Annotations); diff != "" {
				t.Errorf("Annotations (-want, +got):\n%s", diff)
			}
			seen.current = created
			if todo := plan(cfg, seen); len(todo.update) > 0 {
				t.Errorf("Written again: %v", namesOf(todo.update))
			}
			created[1].Annotations = nil
			if todo := plan(cfg, seen); len(todo.update) != c.updates {
				t.Errorf("Without the annotation %d are written", len(todo.update))
			}
		})
	}
}
