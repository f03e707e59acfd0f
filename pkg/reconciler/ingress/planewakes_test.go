// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// TestTenantsObjectsWakeNone: B-OPS-5, changes of a tenant's objects that look like those of a Gateway
// enqueue no KIngress, because config-gateway does not name that Gateway, or another Service leads to it.
func TestTenantsObjectsWakeNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aCrowdedWorld(t, 5)
		labelled := func(name string, labels map[string]string) *corev1.Service {
			return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "tenant", Name: name, Labels: labels}}
		}
		foreign := aGateway("tenants")
		foreign.Namespace, foreign.UID = "tenant", "tenants"
		slice := w.sliceOf("blue")
		slice.Namespace, slice.Labels[discoveryv1.LabelServiceName] = "tenant", "named"
		objects := map[string]runtime.Object{
			"a Service with the name of a Gateway": labelled("named", map[string]string{"gateway.networking.k8s.io/gateway-name": "blue"}),
			"one that says to be the Gateway's": labelled("owning", map[string]string{
				"gateway.envoyproxy.io/owning-gateway-name": "blue", "gateway.envoyproxy.io/owning-gateway-namespace": "gateways",
			}),
			"its slice":         slice,
			"a Gateway":         foreign,
			"a Gateway's class": &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "tenants"}, Spec: gatewayv1.GatewayClassSpec{ControllerName: "example.com/other"}},
		}
		for what, object := range objects {
			w.store(object)
			expect(t, "Reconciles when "+what+" comes", 0, len(w.drain()))
		}
		for i := range 20 {
			for _, name := range []string{"named", "owning"} {
				patched := objects["a Service with the name of a Gateway"].(*corev1.Service).DeepCopy()
				if name == "owning" {
					patched = objects["one that says to be the Gateway's"].(*corev1.Service).DeepCopy()
				}
				patched.Labels["patched"], patched.Spec.Ports = strconv.Itoa(i), []corev1.ServicePort{{Port: int32(1000 + i)}}
				w.replaces(patched)
			}
			moved := slice.DeepCopy()
			moved.Endpoints[0].Addresses = []string{fmt.Sprintf("10.9.0.%d", i)}
			w.replaces(moved)
			changed := foreign.DeepCopy()
			changed.Status.Addresses = []gatewayv1.GatewayStatusAddress{{Value: fmt.Sprintf("10.9.1.%d", i)}}
			w.replaces(changed)
			expect(t, "Reconciles", 0, len(w.pass(200*time.Millisecond)))
		}
		expect(t, "Reconciles afterwards", 0, len(w.drain()))
	})
}

// onBlue are the KIngresses of a crowded world of three that are on the Gateway blue.
var onBlue = []string{"s00", "s01", "s02"}

// dataPlaneChanges are changes of data planes; each returns the KIngresses that use what it changes.
var dataPlaneChanges = map[string]func(*world) []string{
	"an address": func(w *world) []string {
		changed := w.gatewayNamed("blue")
		changed.Status.Addresses = []gatewayv1.GatewayStatusAddress{{Value: "203.0.113.9"}}
		w.replaces(changed)
		return onBlue
	},
	"a new pod": func(w *world) []string {
		slice := w.sliceOf("blue")
		slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{Addresses: []string{"10.1.0.200"}})
		w.replaces(slice)
		return onBlue
	},
	"a pod that is not ready any more": func(w *world) []string {
		slice := w.sliceOf("blue")
		slice.Endpoints[0].Conditions.Ready = new(false)
		w.replaces(slice)
		return onBlue
	},
	"a port of the Service": func(w *world) []string {
		front := w.frontOf("blue")
		front.Spec.Ports = append(front.Spec.Ports, corev1.ServicePort{Name: "https", Port: 443})
		w.replaces(front)
		return onBlue
	},
	"the Service of another Gateway": func(w *world) []string {
		front := w.frontOf("green")
		front.Spec.Type = corev1.ServiceTypeLoadBalancer
		w.replaces(front)
		return []string{"hello"}
	},
	"the Gateway for names in the cluster": func(w *world) []string {
		changed := w.gatewayNamed("inner")
		withAddress(changed)
		w.replaces(changed)
		return append([]string{"hello"}, onBlue...)
	},
	"their class": func(w *world) []string {
		stored, err := w.gateway.Tracker().Get(gatewayClasses, "", "envoy")
		w.must(err)
		class := stored.(*gatewayv1.GatewayClass).DeepCopy()
		class.Status.SupportedFeatures = []gatewayv1.SupportedFeature{{Name: "HTTPRouteRequestTimeout"}}
		w.replaces(class)
		return append([]string{"hello"}, onBlue...)
	},
	"a hint for where traffic should go": func(w *world) []string {
		slice := w.sliceOf("blue")
		slice.Endpoints[0].Hints = &discoveryv1.EndpointHints{ForZones: []discoveryv1.ForZone{{Name: "a"}}}
		w.replaces(slice)
		return nil
	},
}

// TestDataPlaneWakesItsUsers: B-OPS-5, a change of a Gateway that config-gateway names, of its class, its
// Service or its pods enqueues the KIngresses that use it at once, and no others.
func TestDataPlaneWakesItsUsers(t *testing.T) {
	for what, change := range dataPlaneChanges {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := aCrowdedWorld(t, 3)
				begin := w.clock.Now()
				want := change(w)
				if took := w.clock.Now().Sub(begin); took > 0 {
					t.Fatalf("The change took %s", took)
				}
				expect(t, "Who looks within 50 ms", slices.Sorted(slices.Values(want)), distinct(w.pass(50*time.Millisecond)))
			})
		})
	}
}

// TestFrontIsFoundByItsListeners: B-INS-3, B-OPS-5, if the status of a Gateway's listeners decides which
// Service is its own, a change of that enqueues its KIngresses, too.
func TestFrontIsFoundByItsListeners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		elsewhere := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "elsewhere", Name: "proxies", Labels: map[string]string{
			"gateway.envoyproxy.io/owning-gateway-name": "blue", "gateway.envoyproxy.io/owning-gateway-namespace": "gateways",
		}}}
		elsewhere.Spec.Ports = []corev1.ServicePort{{Name: "http", Port: 80}}
		elsewhere.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "203.0.113.1"}}
		w := aCrowdedWorld(t, 2, elsewhere)
		w.must(w.kube.Tracker().Delete(coreServices, "gateways", "envoy-blue"))
		changed := w.gatewayNamed("blue")
		changed.Status.Addresses = []gatewayv1.GatewayStatusAddress{{Value: "203.0.113.1"}}
		changed.Spec.Listeners = append(changed.Spec.Listeners, gatewayv1.Listener{Name: "broken", Port: 8080, Protocol: gatewayv1.HTTPProtocolType})
		w.replaces(changed)
		w.pass(time.Minute)
		works := changed.DeepCopy()
		works.Status.Listeners = []gatewayv1.ListenerStatus{{Name: "http", Conditions: []metav1.Condition{{Type: "Programmed", Status: "True", ObservedGeneration: works.Generation}}}}
		w.replaces(works)
		expect(t, "Who looks", []string{"s00", "s01"}, distinct(w.pass(50*time.Millisecond)))
	})
}
