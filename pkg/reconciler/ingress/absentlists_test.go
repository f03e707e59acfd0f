// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

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

// TestAbsentListSeesClasses: B-INS-3, while config-gateway has no lists, a KIngress that waits for them
// says what to write once a class is accepted.
func TestAbsentListSeesClasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		objects := slices.DeleteFunc(anInstallation(newPlane(t)), func(object runtime.Object) bool {
			switch object.(type) {
			case *gatewayv1.GatewayClass, *gatewayv1.Gateway:
				return true
			}
			return false
		})
		w := newWorld(t, append(objects, aConfigGateway(map[string]string{config.DrainTime: "60s"}), aKIngress("hello", 0))...)
		w.until("hello says that nothing is configured", w.is("hello", "False GatewayNotConfigured"))
		before := w.conditions("hello")["Ready"]
		w.drain()
		w.store(&gatewayv1.GatewayClass{
			ObjectMeta: metav1.ObjectMeta{Name: "envoy"}, Spec: gatewayv1.GatewayClassSpec{ControllerName: envoyGateway},
			Status: gatewayv1.GatewayClassStatus{Conditions: []metav1.Condition{{Type: "Accepted", Status: "True"}}},
		})
		w.until("it names the class", func() bool { return w.conditions("hello")["Ready"] != before })
	})
}
