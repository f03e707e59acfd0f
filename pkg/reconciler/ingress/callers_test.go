// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// anInstallationWithAddress is an installation whose internal Gateway has an address, and no Service that
// can be found.
func anInstallationWithAddress(data *plane, address string) []runtime.Object {
	return slices.DeleteFunc(anInstallation(data), func(object runtime.Object) bool {
		if gateway, ok := object.(*gatewayv1.Gateway); ok && gateway.Name == "inner" {
			gateway.Status.Addresses = []gatewayv1.GatewayStatusAddress{{Value: address}}
		}
		front, ok := object.(metav1.Object)
		return ok && front.GetName() == "envoy-inner"
	})
}

// answersAt lets a data plane answer at another address, too.
func (w *world) answersAt(address string, data *plane) {
	w.network.AddAt(address, data.listeners[len(data.listeners)-1])
}

// askedAt are the addresses that were probed for the internal host.
func (w *world) askedAt() []string {
	found := []string{}
	for _, result := range w.known().Results {
		if strings.HasPrefix(result.Host, "hello.default") && result.Host != publicHost {
			found = append(found, result.Address)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// halfAMinute is longer than the grace of any report, but for bursts.
const halfAMinute = 30 * time.Second

func unsuitable(text string) map[string]string {
	return map[string]string{"Ready": text, "LoadBalancerReady": text, "NetworkConfigured": "True"}
}

const portIsMissing = "callers in the cluster come to port 80 of Service gateways/envoy-inner, where nothing listens: add a listener with this port to spec.listeners of Gateway gateways/inner"

// TestInternalGatewayOnAnotherPort: B-RDY-9, callers in the cluster use port 80 of the published Service.
// A Gateway that answers only on port 8080 does not serve them; the condition says what to change, and
// after the change the service is Ready.
func TestInternalGatewayOnAnotherPort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := withPorts(withListeners(anInstallation(data), "inner", aListener(8080)), "inner", map[int32]*plane{8080: data})
		w := data.serves(newWorld(t, append(objects, aKIngress("hello", 0))...))
		w.pass(halfAMinute)
		expect(t, "Conditions", unsuitable("False GatewayUnsuitable: "+portIsMissing), w.conditions("hello"))
		expect(t, "publicLoadBalancer", []v1alpha1.LoadBalancerIngressStatus{{DomainInternal: "envoy-blue.gateways.svc.cluster.local"}}, w.ingress("hello").Status.PublicLoadBalancer.Ingress)
		if private := w.ingress("hello").Status.PrivateLoadBalancer; private != nil && len(private.Ingress) > 0 {
			t.Errorf("privateLoadBalancer %v", private.Ingress)
		}

		w.relisten("inner", aListener(8080), gatewayv1.Listener{Name: "http", Port: 80, Protocol: gatewayv1.HTTPProtocolType, AllowedRoutes: fromAll()})
		w.drain()
		if ready := w.conditions("hello")["Ready"]; !strings.HasPrefix(ready, "Unknown GatewayUnsuitable: ") && !strings.HasPrefix(ready, "False GatewayUnsuitable: ") {
			t.Errorf("Ready before the Service has the port: %s", ready)
		}
		w.leadsTo("inner", map[int32]*plane{8080: data, 80: data})
		w.drain()
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// leadsTo gives the Service of a stored Gateway other ports, as the Gateway's controller does.
func (w *world) leadsTo(gateway string, ports map[int32]*plane) {
	w.Helper()
	for _, object := range withPorts(aFront(gateway, newPlane(w.T)), gateway, ports) {
		switch object := object.(type) {
		case *corev1.Service:
			w.replaces(object)
		case *discoveryv1.EndpointSlice:
			if w.kube.Tracker().Add(object) != nil {
				w.replaces(object)
			}
		}
	}
}

// TestServiceOfTheirOwn: B-RDY-9, if the Service that the entry names leads port 80 to the listener, the
// service is Ready, whatever the listener's port is.
func TestServiceOfTheirOwn(t *testing.T) {
	own := "- {class: envoy, gateway: gateways/inner, service: gateways/own}"
	for name, test := range map[string]struct {
		port int32
		want map[string]string
	}{
		"port 80 leads to 8080": {80, isReady},
		"port 8000 does": {8000, unsuitable("False GatewayUnsuitable: callers in the cluster come to port 80 of Service gateways/own, where nothing listens: " +
			"give it this port, with the targetPort of the listener, or change `service` of local-gateways[0] (gateways/inner) in ConfigMap config-gateway")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				objects := withListeners(anInstallation(data), "inner", aListener(8080))
				for _, object := range withPorts(aFront("inner", data), "inner", map[int32]*plane{test.port: data}) {
					meta := object.(metav1.Object)
					meta.SetName("own")
					meta.SetLabels(map[string]string{discoveryv1.LabelServiceName: "own"})
					objects = append(objects, object)
				}
				configured := configurationAmong(nil)
				configured.Data["local-gateways"] = own
				w := data.serves(newWorld(t, append(objects, configured, aKIngress("hello", 0))...))
				w.pass(halfAMinute)
				expect(t, "Conditions", test.want, w.conditions("hello"))
			})
		})
	}
}

// TestPortOfAnotherListener: B-RDY-9, B-TRN-8, if the listener that callers in the cluster reach does not
// admit the route, the condition says so besides the answer.
func TestPortOfAnotherListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data, others := newPlane(t), newPlane(t)
		others.deaf.Store(true)
		objects := withPorts(withListeners(anInstallation(data), "inner", admin, aListener(8080)), "inner", map[int32]*plane{80: others, 8080: data})
		w := others.serves(data.serves(newWorld(t, append(objects, aKIngress("hello", 0))...)))
		w.drain()
		w.accept(privateHost)
		w.pass(halfAMinute)
		ready := w.conditions("hello")["Ready"]
		for _, words := range []string{"Unknown RouteNotAccepted: ", "status 404 (callers in the cluster come to port 80 of Gateway gateways/inner, where listener admin listens"} {
			if !strings.Contains(ready, words) {
				t.Errorf("%q is not in %q", words, ready)
			}
		}
	})
}

// TestPortGoes: B-RDY-9, B-RDY-4, a Ready service stays Ready if the port disappears, with an advisory;
// neither a new leader nor a resync writes anything.
func TestPortGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aReadyWorld(t, data)
		w.relisten("inner", aListener(8080))
		w.leadsTo("inner", map[int32]*plane{8080: data})
		w.drain()
		noted := map[string]string{"Ready": "True", "NetworkConfigured": "True", "LoadBalancerReady": "True GatewayUnsuitable: " + portIsMissing}
		expect(t, "Conditions", noted, w.conditions("hello"))
		expect(t, "Writes", []string{"update ingresses/status"}, w.writes())
		for range 3 {
			w.reconcile(hello)
		}
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "privateLoadBalancer", []v1alpha1.LoadBalancerIngressStatus{{DomainInternal: "envoy-inner.gateways.svc.cluster.local"}}, w.ingress("hello").Status.PrivateLoadBalancer.Ingress)

		w.leadsTo("inner", map[int32]*plane{80: data})
		w.drain()
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestMoveToUnsuitableGateway: B-RDY-9, B-SEL-5, a service does not move to a Gateway that callers in the
// cluster would not reach: it stays Ready on the old one, and says why.
func TestMoveToUnsuitableGateway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := append(anInstallation(data), aGateway("odd"))
		objects = withListeners(append(objects, withPorts(aFront("odd", data), "odd", map[int32]*plane{8080: data})...), "odd", aListener(8080))
		w := data.serves(newWorld(t, append(objects, aKIngress("hello", 0))...))
		w.until("hello is Ready", w.is("hello", "True"))
		configured := configurationAmong(nil)
		configured.Data["local-gateways"] = "- {class: envoy, gateway: gateways/odd}"
		w.configuration.OnChange(configured)
		w.pass(5 * time.Minute)
		expect(t, "privateLoadBalancer", []v1alpha1.LoadBalancerIngressStatus{{DomainInternal: "envoy-inner.gateways.svc.cluster.local"}}, w.ingress("hello").Status.PrivateLoadBalancer.Ingress)
		const why = "True GatewayUnsuitable: served as before, because: callers in the cluster come to port 80 of Service gateways/envoy-odd, where nothing listens: "
		if conditions := w.conditions("hello"); conditions["Ready"] != "True" || !strings.HasPrefix(conditions["NetworkConfigured"], why) {
			t.Errorf("Conditions %v", conditions)
		}
		expect(t, "Parents", 2, len(w.routes()[privateHost].Spec.ParentRefs))
	})
}

// TestPublishedAddress: B-RDY-9, callers use port 80 of a published address, whatever the listener's port
// is: an answer there is the proof, and the Gateway's status is not.
func TestPublishedAddress(t *testing.T) {
	const missing = "callers in the cluster come to port 80 of address 10.96.0.99, where nothing listens: add a listener with this port to spec.listeners of Gateway gateways/inner"
	for name, port := range map[string]string{"it answers there": "80", "it answers at the listener's port only": "8080"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				w := data.serves(newWorld(t, append(withListeners(anInstallationWithAddress(data, "10.96.0.99"), "inner", aListener(8080)), aKIngress("hello", 0))...))
				w.answersAt("10.96.0.99:"+port, data)
				w.until("it is asked", func() bool { return len(w.askedAt()) > 0 })
				expect(t, "Asked at", []string{"10.96.0.99:80"}, w.askedAt())
				w.accept(privateHost)
				w.pass(halfAMinute)
				if port == "80" {
					expect(t, "Conditions", isReady, w.conditions("hello"))
					return
				}
				if ready := w.conditions("hello")["Ready"]; ready != "Unknown GatewayUnsuitable: "+missing {
					t.Errorf("Ready %s", ready)
				}
				w.answersAt("10.96.0.99:80", data) // a load balancer was set up
				w.pass(halfAMinute)
				expect(t, "Conditions", isReady, w.conditions("hello"))
			})
		})
	}
}

// TestCallersWithTLS: B-RDY-9, B-TLS-4, callers of a cluster-local host with a certificate use port 443;
// the KIngress waits until the Service has this port.
func TestCallersWithTLS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		ing := aKIngress("hello", 0)
		ing.Spec.TLS = []v1alpha1.IngressTLS{{Hosts: ing.Spec.Rules[0].Hosts, SecretName: "certificate", SecretNamespace: "default"}}
		objects := withPorts(anInstallationWithTLS(t, data), "inner", map[int32]*plane{80: data})
		w := data.serves(newWorld(t, append(objects, ing)...))
		w.pass(halfAMinute)
		w.says("Programmed=True")
		w.pass(halfAMinute)
		expect(t, "Conditions", unsuitable("Unknown GatewayUnsuitable: callers in the cluster come to port 443 of Service gateways/envoy-inner, where nothing listens: "+
			"a listener of Gateway gateways/inner has this port, and its implementation has not given it to the Service yet"), w.conditions("hello"))
		w.leadsTo("inner", map[int32]*plane{80: data, 443: data})
		w.drain()
		expect(t, "Conditions", isReady, w.conditions("hello"))
		if _, asked := data.names.Load(privateHost); !asked {
			t.Error("Nothing was probed over TLS")
		}
	})
}
