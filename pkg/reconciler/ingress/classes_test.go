// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
)

var gatewayClasses = schema.GroupVersionResource{Group: gatewayv1.GroupName, Version: "v1", Resource: "gatewayclasses"}

// withClass are the objects with another GatewayClass, or without one for nil.
func withClass(objects []runtime.Object, class *gatewayv1.GatewayClass) []runtime.Object {
	objects = slices.DeleteFunc(objects, func(object runtime.Object) bool { _, is := object.(*gatewayv1.GatewayClass); return is })
	if class == nil {
		return objects
	}
	return append(objects, class)
}

// aGatewayClass is a class whose controller is not in pkg/features.
func aGatewayClass(accepted metav1.ConditionStatus, features ...gatewayv1.FeatureName) *gatewayv1.GatewayClass {
	found := &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "envoy"}, Spec: gatewayv1.GatewayClassSpec{ControllerName: "example.com/new"}}
	found.Status.Conditions = []metav1.Condition{{Type: "Accepted", Status: accepted, Reason: "TheReason", Message: "the words"}}
	for _, name := range features {
		found.Status.SupportedFeatures = append(found.Status.SupportedFeatures, gatewayv1.SupportedFeature{Name: name})
	}
	return found
}

// changeClass changes the class, or deletes it for nil, and reconciles hello when informers show that.
func (w *world) changeClass(changed *gatewayv1.GatewayClass) {
	w.Helper()
	if changed == nil {
		w.must(w.gateway.Tracker().Delete(gatewayClasses, "", "envoy"))
	} else {
		w.replaces(changed)
	}
	w.until("the class is seen", func() bool {
		seen, err := cluster.Get[gatewayv1.GatewayClass](w.Context(), w.r.cluster, cluster.AllGatewayClasses, types.NamespacedName{Name: "envoy"})
		w.must(err)
		return changed == nil && seen == nil || changed != nil && seen != nil && seen.ResourceVersion == changed.ResourceVersion
	})
	w.reconcile(hello)
}

func (w *world) hasTimeout(route string) bool {
	return slices.ContainsFunc(w.routes()[route].Spec.Rules, func(rule gatewayv1.HTTPRouteRule) bool { return rule.Timeouts != nil })
}

const timeouts, markers = "HTTPRouteRequestTimeout", "HTTPRouteResponseHeaderModification"

// TestClassGoes: B-INS-9, if a GatewayClass is deleted, is refused or loses its features, nothing
// changes, and new services are served as before. B-INS-5: a shorter list of features counts.
func TestClassGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(withClass(anInstallation(data), aGatewayClass("True", timeouts, markers)), aKIngress("hello", 0))...))
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Timeouts are set", true, w.hasTimeout(publicHost))
		w.writes()
		for _, changed := range []*gatewayv1.GatewayClass{aGatewayClass("False", timeouts), aGatewayClass("True"), aGatewayClass("Unknown"), nil} {
			w.changeClass(changed)
			expect(t, "Writes", []string{}, w.writes())
			expect(t, "Conditions", isReady, w.conditions("hello"))
		}
		newer := aKIngress("newer", 0)
		newer.Spec.Rules = newer.Spec.Rules[1:]
		newer.Spec.Rules[0].Hosts = []string{tagHost}
		w.must(w.networking.Tracker().Add(newer))
		w.until("the new one is Ready", w.is("newer", "True"))
		if !w.hasTimeout(tagHost) {
			t.Error("The new one is served with core features only")
		}
		w.writes()
		w.store(aGatewayClass("True", timeouts, markers))
		w.changeClass(aGatewayClass("True", markers))
		w.until("the shorter list is believed", func() bool { return !w.hasTimeout(publicHost) })
	})
}

// TestRestartWithoutClass: B-INS-9, after a restart without the GatewayClass, or with one that is
// refused, stored objects stay, and the status stays Ready with its advisories. A change waits for the
// class, says so, and goes on when the class is there.
func TestRestartWithoutClass(t *testing.T) {
	for name, c := range map[string]struct {
		class *gatewayv1.GatewayClass
		text  string
	}{
		"gone":    {nil, "Unknown GatewayNotFound: GatewayClass envoy does not exist; what was served before is still served, changes and new services wait: create it"},
		"refused": {aGatewayClass("False", markers), "Unknown GatewayNotProgrammed: GatewayClass envoy: Accepted is False: TheReason: the words"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				objects := aSettledInstallation(t, data)
				for _, object := range objects { // Ready with something to say
					if ing, ok := object.(*v1alpha1.Ingress); ok {
						(&v1alpha1.Ingress{}).GetConditionSet().Manage(&ing.Status).MarkTrueWithReason("NetworkConfigured", "Unsupported", "a note")
					}
				}
				w := data.serves(newWorld(t, withClass(objects, c.class)...))
				conditions, rules := w.conditions("hello"), w.routes()[publicHost].Spec.Rules
				for range 3 {
					w.clock.SetTime(w.clock.Now().Add(time.Minute))
					w.reconcile(hello)
				}
				expect(t, "Writes", []string{}, w.writes())
				expect(t, "Conditions", conditions, w.conditions("hello"))

				w.changeIngress("hello", toNextGeneration)
				w.until("hello says what it waits for", func() bool {
					w.clock.SetTime(w.clock.Now().Add(time.Second))
					w.impl.EnqueueKey(hello)
					return w.ingress("hello").Status.ObservedGeneration == 2
				})
				expect(t, "Ready", c.text, w.conditions("hello")["Ready"])
				expect(t, "Rules", rules, w.routes()[publicHost].Spec.Rules)
				expect(t, "Writes", []string{"update ingresses/status"}, w.writes())
				if c.class == nil {
					w.store(aGatewayClass("True", markers))
				} else {
					w.changeClass(aGatewayClass("True", markers))
				}
				w.until("hello is Ready", w.is("hello", "True"))
			})
		})
	}
}

// TestNewServiceWithoutClass: B-INS-9, while nothing is known of the class, nothing is rendered.
func TestNewServiceWithoutClass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(withClass(anInstallation(data), nil), aKIngress("hello", 0))...))
		w.until("hello says what it waits for", func() bool {
			w.clock.SetTime(w.clock.Now().Add(time.Second))
			w.impl.EnqueueKey(hello)
			return strings.HasPrefix(w.conditions("hello")["Ready"], "Unknown GatewayNotFound: GatewayClass envoy does not exist")
		})
		expect(t, "HTTPRoutes", 0, len(w.routes()))
		w.store(aGatewayClass("True", markers))
		w.until("hello is Ready", w.is("hello", "True"))
	})
}

// TestRouteGoesWithoutClass: B-INS-9, without its routes a KIngress is not reported as Ready.
func TestRouteGoesWithoutClass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := slices.DeleteFunc(withClass(aSettledInstallation(t, data), nil), func(object runtime.Object) bool {
			route, is := object.(*gatewayv1.HTTPRoute)
			return is && route.Name == publicHost
		})
		w := data.serves(newWorld(t, objects...))
		w.until("hello is not Ready", func() bool {
			w.clock.SetTime(w.clock.Now().Add(time.Second))
			w.impl.EnqueueKey(hello)
			return w.is("hello", "Unknown GatewayNotFound: GatewayClass envoy")()
		})
	})
}
