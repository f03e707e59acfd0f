// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/status"
)

type lists = map[string]string

// inBubble runs a subtest in virtual time.
func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// listsWithout are the data of a ConfigMap without keys.
func listsWithout(keys ...string) lists {
	data := maps.Clone(testConfig)
	data["_example"] = "of a release"
	for _, key := range keys {
		delete(data, key)
	}
	return data
}

// TestListsGo: B-INS-9, if lists disappear from config-gateway, all services stay, and new ones are
// served by the last good lists.
func TestListsGo(t *testing.T) {
	for name, now := range map[string]*corev1.ConfigMap{
		"an apply of a release over the user's own": aConfigGateway(listsWithout(config.ExternalGateways, config.LocalGateways)),
		"the external list is lost":                 aConfigGateway(listsWithout(config.ExternalGateways)),
		"the local list is lost":                    aConfigGateway(listsWithout(config.LocalGateways)),
		"it is deleted":                             aConfigGateway(nil),
		"it is replaced by an empty one":            aConfigGateway(lists{}),
		"a list is blank":                           aConfigGateway(lists{config.ExternalGateways: "# nothing\n", config.LocalGateways: testConfig[config.LocalGateways]}),
		"both are []":                               aConfigGateway(lists{config.ExternalGateways: "[]", config.LocalGateways: "[]"}),
		"it is refused":                             aConfigGateway(lists{config.ExternalGateways: "- klass: a"}),
	} {
		inBubble(t, name, func(t *testing.T) {
			w := aReadyWorld(t, newPlane(t))
			w.configuration.OnChange(now)
			w.reconcile(hello)
			expect(t, "Writes", []string{}, w.writes())
			w.changeIngress("hello", toNextGeneration)
			w.until("the new generation is Ready", func() bool { return status.IsSettled(w.ingress("hello").Status, 2) })
			w.configuration.OnChange(aConfigGateway(testConfig))
			w.writes()
			w.reconcile(hello)
			expect(t, "Writes", []string{}, w.writes())
		})
	}
}

// aServedInstallation is a cluster in which an earlier start of the controller has served hello, edited.
func aServedInstallation(t *testing.T, data *plane, edit func(*v1alpha1.Ingress, *gatewayv1.HTTPRoute)) []runtime.Object {
	t.Helper()
	first := aReadyWorld(t, data)
	ing := first.ingress("hello").DeepCopy()
	objects := append(anInstallation(data), runtime.Object(ing))
	for _, route := range first.routes() {
		route.ResourceVersion = "1"
		if edit != nil {
			edit(ing, route)
		}
		objects = append(objects, route)
	}
	return objects
}

// fromPlugin is a route as the single-gateway plugin leaves it: with its labels, and without this
// controller's annotations.
func fromPlugin(ing *v1alpha1.Ingress, route *gatewayv1.HTTPRoute) {
	delete(ing.Status.Annotations, status.ProvenAnnotation)
	delete(route.Annotations, rollout.Annotation)
}

// unlabelled is a route that was written before B-INS-10.
func unlabelled(_ *v1alpha1.Ingress, route *gatewayv1.HTTPRoute) {
	delete(route.Labels, networking.VisibilityLabelKey)
}

// TestRestartWithoutLists: B-INS-9, B-INS-8, a controller that starts while the lists are absent leaves
// all objects as they are stored, and writes no status.
func TestRestartWithoutLists(t *testing.T) {
	external, local := listsWithout(config.LocalGateways), listsWithout(config.ExternalGateways)
	for name, start := range map[string]struct {
		data  lists
		edit  func(*v1alpha1.Ingress, *gatewayv1.HTTPRoute)
		moves bool // the side that is known labels its route
	}{
		"both lists are gone":        {data: lists{"_example": "x"}},
		"there is no ConfigMap":      {data: nil},
		"it is refused":              {data: lists{config.ExternalGateways: "- klass: a"}},
		"only the external list":     {data: external},
		"only the local list":        {data: local},
		"routes of the plugin":       {data: lists{"_example": "x"}, edit: fromPlugin},
		"routes of an older version": {data: lists{}, edit: unlabelled},
		"one list, an older version": {data: external, edit: unlabelled, moves: true},
		"neither labels nor our words": {data: lists{}, edit: func(ing *v1alpha1.Ingress, route *gatewayv1.HTTPRoute) {
			fromPlugin(ing, route)
			unlabelled(ing, route)
		}},
	} {
		inBubble(t, name, func(t *testing.T) {
			data := newPlane(t)
			objects := aServedInstallation(t, data, start.edit)
			w := data.serves(newWorld(t, append(objects, aConfigGateway(start.data))...))
			w.reconcile(hello)
			if writes := w.writes(); start.moves {
				expect(t, "Writes", []string{"patch httproutes"}, writes)
			} else {
				expect(t, "Writes", []string{}, writes)
			}
			expect(t, "Ready", "True", w.conditions("hello")["Ready"])
		})
	}
}

const toPaste = `kubectl -n knative-serving patch configmap config-gateway --type merge -p '{"data":{"external-gateways":"[{class: envoy, gateway: gateways/blue}]","local-gateways":"[{class: envoy, gateway: gateways/inner}]"}}'`

// TestNewGenerationWithoutLists: B-INS-9, B-INS-3, after a restart it is not known where a new generation
// should be served: the routes and addresses stay, and the status says what to write. When that is
// written, the KIngress is Ready again.
func TestNewGenerationWithoutLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := aServedInstallation(t, data, nil)
		w := data.serves(newWorld(t, append(objects, aConfigGateway(lists{"_example": "x"}))...))
		before := w.ingress("hello").Status
		w.changeIngress("hello", toNextGeneration)
		w.until("hello says what to write", w.is("hello", "False"))
		expect(t, "Writes", []string{"update ingresses/status"}, w.writes())
		text := "False GatewayNotConfigured: " + toPaste
		expect(t, "Ready", text, w.conditions("hello")["Ready"])
		after := w.ingress("hello").Status
		expect(t, "publicLoadBalancer", before.PublicLoadBalancer, after.PublicLoadBalancer)
		expect(t, "privateLoadBalancer", before.PrivateLoadBalancer, after.PrivateLoadBalancer)
		w.configuration.OnChange(aConfigGateway(testConfig))
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Writes", []string{"patch httproutes", "patch httproutes", "update ingresses/status"}, w.writes())
	})
}

// TestWithoutLists: B-INS-3, if nothing is served yet and one class is accepted, the message is the command
// that names it, and nothing else. Otherwise the command has a place for the class, and the message says what
// to put there. It creates the ConfigMap if that does not exist.
func TestWithoutLists(t *testing.T) {
	accepted := func(name string) *gatewayv1.GatewayClass {
		class := &gatewayv1.GatewayClass{}
		class.Name = name
		class.Status.Conditions = append(class.Status.Conditions, aGateway("x").Status.Conditions[0])
		return class
	}
	for name, start := range map[string]struct {
		data    lists
		classes []runtime.Object
		want    string
	}{
		"no class": {lists{}, nil, `ConfigMap config-gateway has nothing under external-gateways and local-gateways, so no Gateway is known for these hosts: no GatewayClass is accepted: install an implementation of the Gateway API, and put the name of its GatewayClass in place of NAME-OF-A-GATEWAYCLASS: ` +
			`kubectl -n knative-serving patch configmap config-gateway --type merge -p '{"data":{"external-gateways":"[{class: NAME-OF-A-GATEWAYCLASS}]","local-gateways":"[{class: NAME-OF-A-GATEWAYCLASS}]"}}'`},
		"one class": {nil, []runtime.Object{accepted("eg")}, `kubectl -n knative-serving create configmap config-gateway --from-literal='external-gateways=[{class: eg}]' --from-literal='local-gateways=[{class: eg}]'`},
		"two classes": {listsWithout(config.LocalGateways), []runtime.Object{accepted("istio"), accepted("eg")}, `ConfigMap config-gateway has nothing under local-gateways, so no Gateway is known for these hosts: put one of the accepted GatewayClasses (eg, istio) in place of NAME-OF-A-GATEWAYCLASS: ` +
			`kubectl -n knative-serving patch configmap config-gateway --type merge -p '{"data":{"local-gateways":"[{class: NAME-OF-A-GATEWAYCLASS}]"}}'`},
		"one list absent": {listsWithout(config.LocalGateways), []runtime.Object{accepted("eg")}, `kubectl -n knative-serving patch configmap config-gateway --type merge -p '{"data":{"local-gateways":"[{class: eg}]"}}'`},
	} {
		inBubble(t, name, func(t *testing.T) {
			data := newPlane(t)
			w := data.serves(newWorld(t, append(append(anInstallation(data), aKIngress("hello", 0), aConfigGateway(start.data)), start.classes...)...))
			w.until("hello says what to write", w.is("hello", "False GatewayNotConfigured"))
			expect(t, "Ready", "False GatewayNotConfigured: "+start.want, w.conditions("hello")["Ready"])
		})
	}
}

// TestBecomesPrivateWithoutLists: B-SEL-7, a host that becomes private leaves the external Gateway at
// once, even if the lists are absent; all else stays.
func TestBecomesPrivateWithoutLists(t *testing.T) {
	for name, start := range map[string]struct {
		data lists
		edit func(*v1alpha1.Ingress, *gatewayv1.HTTPRoute)
	}{
		"both lists are gone":        {data: lists{}},
		"only the local list":        {data: listsWithout(config.ExternalGateways)},
		"it is refused":              {data: lists{config.ExternalGateways: "- klass: a"}},
		"routes of an older version": {data: lists{}, edit: unlabelled},
		"routes of the plugin":       {data: lists{}, edit: fromPlugin},
	} {
		inBubble(t, name, func(t *testing.T) {
			data := newPlane(t)
			objects := aServedInstallation(t, data, start.edit)
			w := data.serves(newWorld(t, append(objects, aConfigGateway(start.data))...))
			w.changeIngress("hello", func(ing *v1alpha1.Ingress) { ing.Spec.Rules[1].Visibility = v1alpha1.IngressVisibilityClusterLocal })
			w.until("nothing is public", func() bool {
				for _, route := range w.routes() {
					for _, ref := range route.Spec.ParentRefs {
						if ref.Name == "blue" {
							return false
						}
					}
				}
				return true
			})
			if w.routes()[privateHost] == nil {
				t.Errorf("HTTPRoutes %v", maps.Collect(maps.All(w.routes())))
			}
		})
	}
}

// TestPartBecomesPrivateWithoutLists: B-SEL-7, B-INS-9, if one host of a route becomes private, its other
// hosts stay.
func TestPartBecomesPrivateWithoutLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		two := aKIngress("older", 0)
		two.Spec.Rules = two.Spec.Rules[1:]
		two.Spec.Rules[0].Hosts = []string{"one.example.com", "two.example.com"}
		w := aReadyWorld(t, data, two)
		w.until("older is Ready", w.is("older", "True"))
		w.restartsWith(lists{})
		w.writes()
		w.changeIngress("older", func(ing *v1alpha1.Ingress) {
			private := ing.Spec.Rules[0].DeepCopy()
			ing.Spec.Rules[0].Hosts, private.Hosts = []string{"one.example.com"}, []string{"two.example.com"}
			private.Visibility = v1alpha1.IngressVisibilityClusterLocal
			ing.Spec.Rules = append(ing.Spec.Rules, *private)
		})
		w.until("older says what to write", w.is("older", "False"))
		expect(t, "Writes", []string{"patch httproutes", "update ingresses/status"}, w.writes())
		for _, route := range w.routes() {
			if slices.Contains(route.Spec.Hostnames, "two.example.com") {
				t.Errorf("HTTPRoute %s has %v", route.Name, route.Spec.Hostnames)
			}
		}
	})
}

// TestNoLocalGateways: B-INS-3, with [] under local-gateways, cluster-local hosts are not served, their
// callers are refused, and the service is Ready by its external host.
func TestNoLocalGateways(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aReadyWorld(t, data)
		alone := aKIngress("older", time.Hour)
		alone.Spec.Rules = alone.Spec.Rules[:1]
		w.store(alone)
		w.configuration.OnChange(aConfigGateway(lists{config.ExternalGateways: testConfig[config.ExternalGateways], config.LocalGateways: "[]"}))
		w.until("the local route is gone, and the other service is refused", func() bool {
			return w.routes()[privateHost] == nil && w.is("older", "False GatewayNotConfigured")() && w.ingress("hello").Status.PrivateLoadBalancer.Ingress[0].MeshOnly
		})
		expect(t, "Conditions", map[string]string{
			"Ready": "True", "LoadBalancerReady": "True",
			"NetworkConfigured": "True GatewayNotConfigured: hosts of visibility ClusterLocal are not served: local-gateways in ConfigMap config-gateway is [], write an entry to change that",
		}, w.conditions("hello"))
		expect(t, "privateLoadBalancer", []v1alpha1.LoadBalancerIngressStatus{{MeshOnly: true}}, w.ingress("hello").Status.PrivateLoadBalancer.Ingress)
		if len(w.routes()) != 1 {
			t.Errorf("HTTPRoutes %v", w.routes())
		}
		store, err := w.r.cluster.Ensure(t.Context(), cluster.OurRoutes)
		w.must(err)
		w.until("the informer shows it", func() bool {
			_, there, _ := store.GetByKey("default/" + privateHost)
			return !there
		})
		w.writes()
		w.reconcile(hello)
		expect(t, "Writes", []string{}, w.writes())
	})
}

// TestNoExternalGateways: B-INS-3, with [] under external-gateways, external hosts are not served.
func TestNoExternalGateways(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.configuration.OnChange(aConfigGateway(lists{config.ExternalGateways: "[]", config.LocalGateways: testConfig[config.LocalGateways]}))
		w.until("hello is refused", w.is("hello", "False GatewayNotConfigured"))
		after := w.ingress("hello").Status
		if w.routes()[publicHost] != nil || w.routes()[privateHost] == nil || after.PublicLoadBalancer != nil || after.PrivateLoadBalancer == nil {
			t.Errorf("HTTPRoutes %v, load balancers %v and %v", w.routes(), after.PublicLoadBalancer, after.PrivateLoadBalancer)
		}
	})
}

// shared has one Gateway in both lists.
var shared = lists{config.ExternalGateways: "- {class: envoy, gateway: gateways/blue}", config.LocalGateways: "- {class: envoy, gateway: gateways/blue}"}

// TestOneGatewayForBoth: B-INS-3, B-SEL-7, one Gateway in both lists serves both visibilities and each
// host once. The status says that private hosts can be reached through it from outside.
func TestOneGatewayForBoth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		older := aKIngress("older", time.Hour)
		older.Spec.Rules = older.Spec.Rules[1:]
		older.Spec.Rules[0].Visibility = v1alpha1.IngressVisibilityClusterLocal
		both := aKIngress("both", 0)
		both.Spec.Rules[0].Hosts, both.Spec.Rules[1].Hosts = []string{"both.example.com", "both.default"}, []string{"both.example.com"}
		w := data.serves(newWorld(t, append(anInstallation(data), older, aKIngress("hello", 0), both, aConfigGateway(shared))...))
		w.until("older and both are Ready, hello has lost its host", func() bool {
			return w.is("older", "True")() && w.is("both", "True")() && w.is("hello", "False HostConflict")()
		})
		exposed := "True LocalGatewayExposed: cluster-local hosts are reachable from outside: Gateway gateways/blue of local-gateways[0] (gateways/blue): external-gateways names it, too"
		expect(t, "LoadBalancerReady", exposed, w.conditions("older")["LoadBalancerReady"])
		serving := map[gatewayv1.Hostname]int{}
		for _, route := range w.routes() {
			for _, host := range route.Spec.Hostnames {
				serving[host]++
			}
		}
		expect(t, "HTTPRoutes by host", map[gatewayv1.Hostname]int{
			publicHost: 1, privateHost: 1, "hello.default": 1, "hello.default.svc": 1, "both.example.com": 1, "both.default": 1,
		}, serving)
	})
}

// TestGatewayLeavesOneList: B-SEL-7, private hosts may stay on a Gateway that is in both
// lists, and leave it at once when it is taken out of the local one.
func TestGatewayLeavesOneList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t), aConfigGateway(shared))
		w.configuration.OnChange(aConfigGateway(lists{config.ExternalGateways: shared[config.ExternalGateways], config.LocalGateways: testConfig[config.LocalGateways]}))
		w.reconcile(hello)
		expect(t, "Gateways of the private host", "inner", string(w.routes()[privateHost].Spec.ParentRefs[0].Name))
		if refs := w.routes()[privateHost].Spec.ParentRefs; len(refs) != 1 {
			t.Errorf("The private host is attached to %v", refs)
		}
	})
}
