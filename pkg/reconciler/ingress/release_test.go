// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// changesClass changes the annotation of the class, which makes no new generation.
func (w *world) changesClass(name, class string) {
	w.Helper()
	w.changeIngress(name, func(ing *v1alpha1.Ingress) { ing.Annotations[networking.IngressClassAnnotationKey] = class })
}

// takeOver writes a status as another plugin does.
func (w *world) takeOver(name, address string) {
	w.Helper()
	w.changeIngress(name, func(ing *v1alpha1.Ingress) {
		ing.Status.PublicLoadBalancer = &v1alpha1.LoadBalancerStatus{Ingress: []v1alpha1.LoadBalancerIngressStatus{{IP: address}}}
	})
}

// TestClassIsATypo: B-INS-9, while no other plugin serves a KIngress, all objects stay, however long that
// takes, and after a restart, too; one Event says so. When the class is this controller's again, nothing
// is written.
func TestClassIsATypo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aReadyWorld(t, data)
		w.changesClass("hello", "typo")
		w.drain()
		w.pass(time.Hour)
		expect(t, "Writes", []string{}, w.writes())
		said := []string{}
		for len(w.events.Events) > 0 {
			if event := <-w.events.Events; strings.Contains(event, "ClassChanged") {
				said = append(said, event)
			}
		}
		expect(t, "Events", []string{`Normal ClassChanged its ingress class is "typo" now; it is still served as before, until the plugin of that class has taken over: ` +
			"if this is a mistake, correct ingress-class or network-layer in ConfigMap config-network"}, said)

		objects := append(anInstallation(data), w.ingress("hello"))
		for _, route := range w.routes() {
			objects = append(objects, route)
		}
		w.changesClass("hello", config.IngressClass)
		w.drain()
		expect(t, "Writes when the class is ours again", []string{}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))

		w = data.serves(newWorld(t, objects...))
		w.drain()
		w.pass(time.Hour)
		expect(t, "Writes after a restart", []string{}, w.writes())
		w.changesClass("hello", config.IngressClass)
		w.drain()
		expect(t, "Writes when the class is ours again", []string{}, w.writes())
	})
}

// TestAnotherClassTakesOver: B-OPS-4, B-INS-9, the controller's objects are deleted the drain time after
// another plugin has published an address or observed a later generation, and not before. The other
// plugin's status stays.
func TestAnotherClassTakesOver(t *testing.T) {
	for name, takeOver := range map[string]func(*world){
		"address": func(w *world) { w.takeOver("hello", "192.0.2.1") },
		"generation": func(w *world) {
			w.changeIngress("hello", toNextGeneration)
			w.changeIngress("hello", func(ing *v1alpha1.Ingress) { ing.Status.ObservedGeneration = 2 })
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := aReadyWorld(t, newPlane(t))
				w.changesClass("hello", "other")
				w.changeIngress("hello", func(ing *v1alpha1.Ingress) {
					ing.Status.MarkIngressNotReady("NewObservedGenFailure", "unsuccessfully observed a new generation")
				})
				w.drain()
				w.pass(time.Hour)
				takeOver(w)
				w.drain()
				w.pass(config.DefaultDrain - time.Minute)
				expect(t, "Writes in the drain time", []string{}, w.writes())
				w.pass(2 * time.Minute)
				expect(t, "Writes", []string{"delete httproutes", "delete httproutes"}, w.writes())
				expect(t, "HTTPRoutes", 0, len(w.routes()))
				w.drain()
				expect(t, "Writes afterwards", []string{}, w.writes())
			})
		})
	}
}

// TestClassComesBackWhileDraining: B-INS-9, a KIngress that another plugin has taken over is served on if
// the class comes back.
func TestClassComesBackWhileDraining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.changesClass("hello", "other")
		w.takeOver("hello", "192.0.2.1")
		w.drain()
		w.changesClass("hello", config.IngressClass)
		w.drain()
		w.pass(time.Hour)
		expect(t, "Writes", []string{"update ingresses/status"}, w.writes()) // our address again
		expect(t, "HTTPRoutes", 2, len(w.routes()))
	})
}

// TestStatusIsSigned: B-RDY-4, a status of an older release is signed by one write, and restarts
// write nothing after that.
func TestStatusIsSigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := aSettledInstallation(t, data)
		for _, object := range objects {
			if ing, ok := object.(*v1alpha1.Ingress); ok {
				delete(ing.Status.Annotations, status.ReportedAnnotation)
			}
		}
		w := data.serves(newWorld(t, objects...))
		w.drain()
		expect(t, "Writes", []string{"update ingresses/status"}, w.writes())
		objects = slices.DeleteFunc(objects, func(object runtime.Object) bool { _, is := object.(*v1alpha1.Ingress); return is })
		w = data.serves(newWorld(t, append(objects, w.ingress("hello"))...))
		w.drain()
		expect(t, "Writes after a restart", []string{}, w.writes())
	})
}

// TestClassChangesAwayWithInternalTLS: B-OPS-4, B-TLS-4, policies and trust stay with the routes that
// need them, whatever happens to other KIngresses of the namespace, and are deleted with these routes.
func TestClassChangesAwayWithInternalTLS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data, known := newPlane(t), anAuthority(t)
		second := aKIngressWithInternalTLS()
		second.Name, second.UID = "second", "uid-of-second"
		second.Spec.Rules = second.Spec.Rules[1:]
		second.Spec.Rules[0].Hosts = []string{tagHost}
		w := aWorldWithInternalTLS(t, data, append(anInstallationWithInternalTLS(data, known), aKIngressWithInternalTLS(), second)...)
		w.until("both are Ready", func() bool { return w.is("hello", "True")() && w.is("second", "True")() })
		w.changesClass("hello", "other")
		w.drain()
		plain := second.DeepCopy()
		plain.Spec.Rules[0].HTTP.Paths[0].Splits[0].ServicePort = aKIngress("hello", 0).Spec.Rules[0].HTTP.Paths[0].Splits[0].ServicePort
		w.update(plain)
		w.until("the second is plain", func() bool { return w.is("second", "True")() && w.ingress("second").Status.ObservedGeneration == 2 })
		w.must(w.networking.Tracker().Delete(ingresses, "default", "second"))
		w.drain()
		if len(w.policies()) != 1 || w.trust() != known {
			t.Errorf("%d policies, trust %q, want what the routes of hello need", len(w.policies()), w.trust())
		}
		w.takeOver("hello", "192.0.2.1")
		w.drain()
		w.pass(time.Hour)
		if routes := w.routes(); routes[publicHost] != nil || routes[privateHost] != nil || len(w.policies()) > 0 || w.trust() != "" {
			t.Errorf("Left: HTTPRoutes %v, %d policies, trust %q", routes, len(w.policies()), w.trust())
		}
	})
}
