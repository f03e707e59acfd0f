// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// TestLeftOverFinalizer: B-INS-8, the single-gateway plugin's finalizer is removed, whether the KIngress
// is being deleted or not; other finalizers stay.
func TestLeftOverFinalizer(t *testing.T) {
	deleted := metav1.NewTime(time.Unix(1_800_000_000, 0))
	for name, deletion := range map[string]*metav1.Time{"alive": nil, "being deleted": &deleted} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				ing := aKIngress("hello", 0)
				ing.Finalizers = []string{"another/finalizer", "ingresses.networking.internal.knative.dev"}
				ing.DeletionTimestamp = deletion
				w := data.serves(newWorld(t, append(anInstallation(data), ing)...))
				w.until("the finalizer is gone", func() bool { return len(w.ingress("hello").Finalizers) == 1 })
				expect(t, "Finalizers", []string{"another/finalizer"}, w.ingress("hello").Finalizers)
				if deletion == nil {
					w.until("hello is Ready", w.is("hello", "True"))
					return
				}
				expect(t, "Writes", []string{"patch ingresses"}, w.writes())
			})
		})
	}
}

// TestCompetingController: B-INS-8, while the single-gateway plugin runs nothing is written, and when it
// ends everything is.
func TestCompetingController(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		competing := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: "knative-serving", Name: "net-gateway-api-controller"}, Spec: appsv1.DeploymentSpec{Replicas: new(int32(1))}}
		w := data.serves(newWorld(t, append(anInstallation(data), competing, aKIngress("hello", 0))...))
		for range 3 {
			w.reconcile(hello)
		}
		expect(t, "Writes", []string{}, w.writes())
		ended := competing.DeepCopy()
		ended.Spec.Replicas = new(int32(0))
		w.replaces(ended)
		w.until("hello is Ready", w.is("hello", "True"))
	})
}

// TestGatewayAPIMissing: B-INS-7, the condition says which CRD and version is needed. When the CRD is
// installed, the KIngress goes on by itself.
func TestGatewayAPIMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := slices.DeleteFunc(anInstallation(data), func(object runtime.Object) bool {
			found, ok := object.(*metav1.PartialObjectMetadata)
			return ok && found.Name == "httproutes.gateway.networking.k8s.io"
		})
		w := data.serves(newWorld(t, append(objects, aKIngress("hello", 0))...))
		w.until("hello is not Ready", w.is("hello", "False"))
		expect(t, "Ready", "False GatewayAPIMissing: CustomResourceDefinition httproutes.gateway.networking.k8s.io does not exist: install the Gateway API, v1.2.0 or newer", w.conditions("hello")["Ready"])
		w.store(aCRD("httproutes"))
		w.until("hello is Ready", w.is("hello", "True"))
	})
}
