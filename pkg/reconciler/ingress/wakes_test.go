// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// aCrowdedWorld is a world with so many Ready KIngresses on the Gateway blue, and with hello on green.
func aCrowdedWorld(t *testing.T, many int, besides ...runtime.Object) *world {
	t.Helper()
	data := newPlane(t)
	onGreen := aKIngress("hello", 0)
	onGreen.Labels = map[string]string{"gateway": "green"}
	objects := append(anInstallation(data), onGreen)
	for i := range many {
		ing := aKIngress(fmt.Sprintf("s%02d", i), 0)
		ing.Spec.Rules = ing.Spec.Rules[1:]
		ing.Spec.Rules[0].Hosts = []string{ing.Name + ".default.example.com"}
		objects = append(objects, ing)
	}
	w := data.serves(newWorld(t, append(objects, besides...)...))
	w.drain()
	w.pass(time.Minute)
	for _, object := range objects {
		if ing, ok := object.(*v1alpha1.Ingress); ok && !w.is(ing.Name, "True")() {
			t.Fatalf("%s is not Ready: %v", ing.Name, w.conditions(ing.Name))
		}
	}
	return w
}

// distinct are the names of keys, each once, sorted; nil for none.
func distinct(keys []types.NamespacedName) []string {
	names := sets.New[string]()
	for _, key := range keys {
		names.Insert(key.Name)
	}
	return slices.Sorted(maps.Keys(names))
}

func (w *world) frontOf(gateway string) *corev1.Service {
	w.Helper()
	stored, err := w.kube.Tracker().Get(coreServices, "gateways", "envoy-"+gateway)
	w.must(err)
	return stored.(*corev1.Service).DeepCopy()
}

func (w *world) sliceOf(gateway string) *discoveryv1.EndpointSlice {
	w.Helper()
	stored, err := w.kube.Tracker().Get(endpointSlices, "gateways", "envoy-"+gateway)
	w.must(err)
	return stored.(*discoveryv1.EndpointSlice).DeepCopy()
}

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

// TestDataPlaneWakesItsUsers: B-OPS-5, a change of a Gateway that config-gateway names, of its class, its
// Service or its pods enqueues the KIngresses that use it at once, and no others.
func TestDataPlaneWakesItsUsers(t *testing.T) {
	onBlue := []string{"s00", "s01", "s02"}
	changes := map[string]func(*world) []string{
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
	for what, change := range changes {
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

// TestDataPlaneThatFlaps: B-OPS-5, a Gateway that changes without end enqueues its KIngresses at a
// bounded pace, and they see its last state nevertheless.
func TestDataPlaneThatFlaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many, flaps, each = 20, 100, 20 * time.Millisecond
		w := aCrowdedWorld(t, many)
		looks := 0
		for i := range flaps {
			front := w.frontOf("blue")
			front.Spec.LoadBalancerClass = new(strconv.Itoa(i))
			w.replaces(front)
			looks += len(w.pass(each))
		}
		if pause := leastPause + many*pauseForEach; looks > many*(2+int(flaps*each/pause)) {
			t.Errorf("%d looks of %d at %d changes", looks, many, flaps)
		}
		w.drain()
		slice := w.sliceOf("blue")
		for i := range 10 {
			slice.Endpoints[0].Addresses = []string{fmt.Sprintf("10.9.0.%d", i)}
			w.pass(time.Millisecond)
			w.replaces(slice.DeepCopy())
		}
		last := distinct(w.pass(time.Second))
		expect(t, "Who sees the last pod", many, len(last))
	})
}

// TestUnreadyAreNotPaused: B-OPS-5, a KIngress that is not Ready sees the next state of its Gateway soon,
// although all others have just been reconciled.
func TestUnreadyAreNotPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aCrowdedWorld(t, 40)
		younger := aKIngress("younger", -time.Hour)
		younger.Spec.Rules = younger.Spec.Rules[1:]
		younger.Spec.Rules[0].Hosts = []string{"s00.default.example.com"}
		w.store(younger)
		w.drain()
		if !w.is("younger", "False HostConflict")() {
			t.Fatalf("It does not wait: %v", w.conditions("younger"))
		}
		for i, want := range []int{41, 1} {
			front := w.frontOf("blue")
			front.Spec.LoadBalancerClass = new(strconv.Itoa(i))
			w.replaces(front)
			expect(t, fmt.Sprintf("Who sees change %d soon", i), want, len(distinct(w.pass(leastPause+2*pauseForEach))))
		}
		expect(t, "Who sees it afterwards", 41, len(distinct(w.drain())))
	})
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
