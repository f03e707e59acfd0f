// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"sync/atomic"
	"testing"
	"testing/synctest"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	ktesting "k8s.io/client-go/testing"
	"knative.dev/pkg/controller"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// TestRefusedByTheAPIServer: B-RDY-6, the condition has the API server's message for a refused write, and
// the write is retried, because no event tells when it is allowed.
func TestRefusedByTheAPIServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0))...))
		denied := atomic.Bool{}
		denied.Store(true)
		w.gateway.PrependReactor("create", "httproutes", func(action ktesting.Action) (bool, runtime.Object, error) {
			kind := schema.GroupVersion(gatewayv1.GroupVersion).WithKind("HTTPRoute").GroupKind()
			return denied.Load(), nil, apierrors.NewInvalid(kind, "x", field.ErrorList{field.Forbidden(field.NewPath("metadata", "labels"), "a team is missing")})
		})
		w.until("hello is not Ready", w.is("hello", "False Unsupported: HTTPRoute default/hello.default.example.com is refused by the API server: "))
		wait, delay := controller.IsRequeueKey(w.r.Reconcile(t.Context(), hello.String()))
		if !wait || delay != retryRefusedAfter {
			t.Errorf("Asked again after %s, want %s", delay, retryRefusedAfter)
		}
		denied.Store(false)
		w.reconcile(hello)
		w.until("hello is Ready", w.is("hello", "True"))
	})
}
