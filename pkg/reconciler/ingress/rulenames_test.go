// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// ruleNames are the names of the rules of the stored HTTPRoutes; "" for a rule without one.
func (w *world) ruleNames() map[string][]string {
	w.Helper()
	found := map[string][]string{}
	for name, route := range w.routes() {
		for _, rule := range route.Spec.Rules {
			called := gatewayv1.SectionName("")
			if rule.Name != nil {
				called = *rule.Name
			}
			found[name] = append(found[name], string(called))
		}
	}
	return found
}

var (
	namedRules   = map[string][]string{publicHost: {"probe", "default"}, privateHost: {"probe", "default"}}
	unnamedRules = map[string][]string{publicHost: {"", ""}, privateHost: {"", ""}}
)

// changes lets hello set another header, and returns when its routes are written and it is settled.
func (w *world) changes(header string) {
	w.Helper()
	w.changeIngress("hello", func(ing *v1alpha1.Ingress) {
		for i := range ing.Spec.Rules {
			ing.Spec.Rules[i].HTTP.Paths[0].AppendHeaders = map[string]string{"Version": header}
		}
	})
	w.drain()
	expect(w.T, "Conditions", isReady, w.conditions("hello"))
}

// TestRuleNamesAtUpgrade: B-TRN-10, B-RDY-4, an upgrade over HTTPRoutes whose rules have no names writes nothing; the
// next change of a KIngress brings them.
func TestRuleNamesAtUpgrade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := aSettledInstallation(t, data)
		for _, object := range objects {
			if route, is := object.(*gatewayv1.HTTPRoute); is {
				for i := range route.Spec.Rules {
					route.Spec.Rules[i].Name = nil
				}
			}
		}
		w := data.serves(newWorld(t, objects...))
		w.reconcile(hello)
		w.drain()
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
		expect(t, "Names", unnamedRules, w.ruleNames())
		w.changes("1")
		expect(t, "Names", namedRules, w.ruleNames())
	})
}

// TestRuleNamesByCRD: B-TRN-10, B-TRN-4, rules have names where the CRD has the field; another CRD writes nothing.
func TestRuleNamesByCRD(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := append(anInstallation(data), aKIngress("hello", 0))
		for i, object := range objects {
			if crd, is := object.(*metav1.PartialObjectMetadata); is && crd.Name == aCRD("httproutes").Name {
				objects[i] = aCRDOfRelease("httproutes", "v1.3.0")
			}
		}
		w := data.serves(newWorld(t, objects...))
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Names", unnamedRules, w.ruleNames())
		w.changes("1")
		expect(t, "Names", unnamedRules, w.ruleNames())
		w.writes()
		w.bundle("httproutes", "v1.6.1")
		w.drain()
		expect(t, "Writes", []string{}, w.writes())
		w.changes("2")
		expect(t, "Names", namedRules, w.ruleNames())
		w.bundle("httproutes", "v1.3.0")
		w.changes("3")
		expect(t, "Names", unnamedRules, w.ruleNames())
	})
}
