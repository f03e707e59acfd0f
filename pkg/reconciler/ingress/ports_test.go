// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// TestListenersHaveThePodsPorts: B-TRN-8, B-TLS-2, as with Traefik, whose listeners are on 8000 and 8443
// behind 80 and 443. The pods are probed, the KIngress's listener has the port to which 443 leads, and
// clients are redirected to a port that they reach.
func TestListenersHaveThePodsPorts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := withListeners(anInstallationWithTLS(t, data), "blue", aListener(httpPort))
		w := data.serves(newWorld(t, append(objects, aKIngressWithTLS(v1alpha1.HTTPOptionRedirected))...))
		w.until("a ListenerSet is written", func() bool { return w.listenerSet() != nil })
		expect(t, "Port", int32(httpsPort), w.listenerSet().Spec.Listeners[0].Port)
		w.says("ResolvedRefs=True", "Programmed=True")
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Conditions", isReady, w.conditions("hello"))
		redirects := 0
		for _, rule := range w.routes()[publicHost+".redirect"].Spec.Rules {
			for _, filter := range rule.Filters {
				if filter.RequestRedirect != nil {
					redirects++
					expect(t, "Redirect to", (*gatewayv1.PortNumber)(nil), filter.RequestRedirect.Port)
				}
			}
		}
		expect(t, "Redirects", 1, redirects)
	})
}

// TestLoadBalancerEndsTLS: B-TRN-8, B-TLS-2, if a Gateway has plain HTTP on 443, requests are not
// redirected in a loop, no listener conflicts with the one there, and the condition says so.
func TestLoadBalancerEndsTLS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		ended := aListener(443)
		ended.Name = "ended"
		objects := withListeners(anInstallationWithTLS(t, data), "blue", aListener(80), ended)
		w := data.serves(newWorld(t, append(objects, aKIngressWithTLS(v1alpha1.HTTPOptionRedirected))...))
		w.drain()
		if set := w.listenerSet(); set != nil {
			t.Errorf("there is a ListenerSet: %+v", set.Spec)
		}
		if w.routes()[publicHost+".redirect"] != nil {
			t.Error("requests are redirected")
		}
		expect(t, "Conditions", map[string]string{
			"Ready": "True", "LoadBalancerReady": "True",
			"NetworkConfigured": "True Unsupported: spec.tls: HTTPS is not served, the external hosts answer on HTTP: ProtocolConflict: listener ended of Gateway gateways/blue speaks HTTP on port 443: give it another port" +
				"; spec.httpOption: requests for host hello.default.example.com are answered over plain HTTP and not redirected to HTTPS: there is no listener for its certificate",
		}, w.conditions("hello"))
	})
}
