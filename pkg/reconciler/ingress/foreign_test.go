// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// TestClaimedFromAnotherNamespace: B-TRN-5, B-OPS-5, an object of another tenant that claims a KIngress
// as its owner does not belong to it, because owners are in the same namespace. The controller neither
// writes nor deletes it, and it does not hide the controller's own.
func TestClaimedFromAnotherNamespace(t *testing.T) {
	for name, claimed := range map[string]string{"a name of ours": publicHost, "another name": "stray"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := aReadyWorld(t, newPlane(t), aCRD("listenersets"))
				meta := metav1.ObjectMeta{
					Namespace: "attacker", Name: claimed, UID: "claimed", ResourceVersion: "900000",
					Labels:          map[string]string{networking.IngressLabelKey: "hello"},
					OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(w.ingress("hello"), v1alpha1.SchemeGroupVersion.WithKind("Ingress"))},
				}
				for _, object := range []runtime.Object{&gatewayv1.HTTPRoute{ObjectMeta: meta}, &gatewayv1.ListenerSet{ObjectMeta: meta}} {
					w.store(object)
				}
				w.drain()
				w.reconcile(hello)
				expect(t, "Writes", []string{}, w.writes())
				w.changeIngress("hello", func(ing *v1alpha1.Ingress) { ing.Annotations["example.com/team"] = "a" })
				w.drain()
				expect(t, "Writes", []string{"patch httproutes", "patch httproutes"}, w.writes())
				expect(t, "Conditions", isReady, w.conditions("hello"))
			})
		})
	}
}
