// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"testing"
	"testing/synctest"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// TestNotOwned: B-TRN-5, B-TRN-7, a user's route with the name of the controller's stays as it is. An
// event tells when it is deleted, although the controller's informers do not select it.
func TestNotOwned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		theirs := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: publicHost, UID: "theirs", ResourceVersion: "1"}}
		w := data.serves(newWorld(t, append(anInstallation(data), theirs, aKIngress("hello", 0))...))
		w.until("hello is not Ready", w.is("hello", "False"))
		text := "False NotOwned: HTTPRoute default/hello.default.example.com exists, belongs to no controller and is left as it is: delete it, or recreate it under another name"
		expect(t, "Ready", text, w.conditions("hello")["Ready"])
		expect(t, "Their route", theirs.ObjectMeta, w.routes()[publicHost].ObjectMeta)
		w.must(w.gateway.Tracker().Delete(httpRoutes, "default", publicHost))
		w.until("hello is Ready", w.is("hello", "True"))
		// The one that was in the way was tried twice.
		expect(t, "Writes", []string{"create httproutes", "create httproutes", "create httproutes", "update ingresses/status", "update ingresses/status"}, w.writes())
	})
}

// TestAdoptedRouteKeepsPlaces: B-INS-8, a route of the controller's that another plugin has rewritten,
// and that no informer selects, is found when it is to be created. Its rules keep their places.
func TestAdoptedRouteKeepsPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		ing, prefix, path := aKIngress("hello", 0), gatewayv1.PathMatchPathPrefix, "/"
		rewritten := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{
			Namespace: "default", Name: publicHost, UID: "rewritten", ResourceVersion: "1", Labels: map[string]string{"another": "plugin"},
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(ing, v1alpha1.SchemeGroupVersion.WithKind("Ingress"))},
		}}
		theirs := gatewayv1.HTTPRouteRule{Matches: []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: &prefix, Value: &path}}}}
		theirs.BackendRefs = make([]gatewayv1.HTTPBackendRef, 1)
		theirs.BackendRefs[0].Name, theirs.BackendRefs[0].Port = "hello-00001", new(gatewayv1.PortNumber(80))
		rewritten.Spec.Rules = []gatewayv1.HTTPRouteRule{theirs}
		w := data.serves(newWorld(t, append(anInstallation(data), rewritten, ing)...))
		w.until("hello is Ready", w.is("hello", "True"))
		probing := []bool{}
		for _, rule := range w.routes()[publicHost].Spec.Rules {
			probing = append(probing, len(rule.Matches[0].Headers) > 0)
		}
		expect(t, "Rules for probes", []bool{false, true}, probing)
		expect(t, "UID", "rewritten", w.routes()[publicHost].UID)
		if written := w.writes(); !slices.Equal(written, []string{"create httproutes", "create httproutes", "patch httproutes", "update ingresses/status"}) {
			t.Errorf("Writes %q", written)
		}
	})
}

// TestDrift: B-TRN-6, a change of the controller's routes by another client is repaired with one write
// each, and a proven KIngress stays Ready meanwhile.
func TestDrift(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		changed := w.routes()[publicHost].DeepCopy()
		changed.Spec.Rules = changed.Spec.Rules[:1]
		changed.Labels["theirs"] = "label"
		w.replaces(changed)
		w.until("the rules are back", func() bool { return len(w.routes()[publicHost].Spec.Rules) == 2 })
		expect(t, "Writes", []string{"patch httproutes"}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}
