// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// withWildcard gives the Gateway blue a listener of the operator's.
func withWildcard(objects []runtime.Object) []runtime.Object {
	for _, object := range objects {
		if gateway, ok := object.(*gatewayv1.Gateway); ok && gateway.Name == "blue" {
			gateway.Spec.Listeners = append(gateway.Spec.Listeners, gatewayv1.Listener{
				Name: "wildcard", Hostname: new(gatewayv1.Hostname("*.default.example.com")), Port: 443, Protocol: gatewayv1.HTTPSProtocolType,
				AllowedRoutes: &gatewayv1.AllowedRoutes{Namespaces: &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromAll)}},
			})
		}
	}
	return objects
}

// TestOverlaidListener: B-RDY-1, B-TLS-1, while the operator's listener may answer for a host with a
// certificate of its own, an answer over TLS is no proof.
func TestOverlaidListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(withWildcard(anInstallationWithoutListenerSets(t, data)), aKIngressWithTLS(v1alpha1.HTTPOptionEnabled))...))
		w.until("hello waits for its listener", func() bool {
			w.clock.SetTime(w.clock.Now().Add(time.Second))
			return w.is("hello", "Unknown ProbeFailed: HTTPRoute default/"+publicHost+": the HTTPS listener for host "+publicHost+" on Gateway gateways/blue is not programmed yet")()
		})
		w.listenersAre("blue", programmed)
		w.until("hello is Ready", w.is("hello", "True"))
	})
}

// TestOperatorsListener: B-TLS-2, a host without a certificate is redirected to the
// operator's wildcard listener once that works, and nothing is written onto the Gateway.
func TestOperatorsListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := withWildcard(anInstallationWithoutListenerSets(t, data))
		ing := aKIngressWithTLS(v1alpha1.HTTPOptionRedirected)
		ing.Spec.TLS = nil
		w := data.serves(newWorld(t, append(objects, ing)...))
		w.until("hello is Ready", w.is("hello", "True"))
		if w.routes()[publicHost+".redirect"] != nil {
			t.Error("Redirected to a listener that does not work")
		}
		w.listenersAre("blue", programmed)
		w.until("hello is redirected, and Ready", func() bool { return w.routes()[publicHost+".redirect"] != nil && w.is("hello", "True")() })
		expect(t, "Listener", "wildcard", string(*w.routes()[publicHost].Spec.ParentRefs[0].SectionName))
		w.until("it was asked", func() bool { _, asked := data.names.Load(publicHost); return asked })
		expect(t, "Writes", []string{"create httproutes", "create httproutes", "create httproutes", "patch httproutes", "update ingresses/status"}, w.writes())
	})
}
