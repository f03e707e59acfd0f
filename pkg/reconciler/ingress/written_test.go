// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	ktesting "k8s.io/client-go/testing"

	"github.com/net-gateways/net-gateways/pkg/status"
)

// TestNotWrittenIsNotProven: B-RDY-1, B-RDY-6, if the Gateway's status is the proof, its conditions of
// the stored version prove nothing about a version that could not be written, whether the write failed or
// was refused.
func TestNotWrittenIsNotProven(t *testing.T) {
	internal := apierrors.NewInternalError(errors.New("failed calling webhook: connection refused"))
	invalid := apierrors.NewInvalid(schema.GroupKind{Kind: "HTTPRoute"}, publicHost, field.ErrorList{field.Invalid(field.NewPath("spec"), nil, "no")})
	for name, failure := range map[string]error{"failed": internal, "refused": invalid} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				config := aConfigGateway(map[string]string{
					"external-gateways": "- {class: envoy, gateway: gateways/blue, probe: status}",
					"local-gateways":    "- {class: envoy, gateway: gateways/inner, probe: status}",
				})
				next := theServiceOf("hello-00002")
				w := data.serves(newWorld(t, append(anInstallation(data), config, aKIngress("hello", 0), next)...))
				w.until("the routes are written", func() bool { return len(w.routes()) == 2 })
				w.accept(publicHost)
				w.accept(privateHost)
				w.until("hello is Ready", w.is("hello", "True"))
				broken := atomic.Bool{}
				broken.Store(true)
				w.gateway.PrependReactor("patch", "httproutes", func(ktesting.Action) (bool, runtime.Object, error) {
					return broken.Load(), nil, failure
				})
				w.changeIngress("hello", toRevision("hello-00002"))
				w.until("hello reports its second generation", func() bool { return w.ingress("hello").Status.ObservedGeneration == 2 })
				w.pass(time.Minute)
				if w.is("hello", "True")() || strings.Contains(w.ingress("hello").Status.Annotations[status.ProvenAnnotation], `"generation":2`) {
					t.Errorf("Ready %s, proven %s", w.conditions("hello")["Ready"], w.ingress("hello").Status.Annotations[status.ProvenAnnotation])
				}
				broken.Store(false)
				w.pass(time.Minute)
				expect(t, "Ready when it is written and not yet accepted", false, w.is("hello", "True")())
				w.accept(publicHost)
				w.accept(privateHost)
				w.until("hello is Ready again", w.is("hello", "True"))
			})
		})
	}
}
