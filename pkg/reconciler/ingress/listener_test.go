// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/status"
)

// admin is a listener for routes of the Gateway's own namespace, which is the default.
var admin = gatewayv1.Listener{Name: "admin", Port: 80, Protocol: gatewayv1.HTTPProtocolType}

// withListeners gives a Gateway other listeners, before it is stored.
func withListeners(objects []runtime.Object, name string, listeners ...gatewayv1.Listener) []runtime.Object {
	for _, object := range objects {
		if gateway, ok := object.(*gatewayv1.Gateway); ok && gateway.Name == name {
			gateway.Spec.Listeners = listeners
		}
	}
	return objects
}

// withPorts gives the Service of a Gateway other ports, with the ports of the pods behind them.
func withPorts(objects []runtime.Object, name string, ports map[int32]*plane) []runtime.Object {
	found := []runtime.Object{}
	for _, object := range objects {
		switch object := object.(type) {
		case *corev1.Service:
			if object.Name == "envoy-"+name {
				object.Spec.Ports = nil
				for port := range ports {
					object.Spec.Ports = append(object.Spec.Ports, corev1.ServicePort{Name: strconv.Itoa(int(port)), Port: port})
				}
			}
		case *discoveryv1.EndpointSlice:
			if object.Name == "envoy-"+name {
				continue
			}
		}
		found = append(found, object)
	}
	for port, data := range ports {
		slice := aFront(name, data)[1].(*discoveryv1.EndpointSlice)
		slice.Name += "-" + strconv.Itoa(int(port))
		slice.Ports = []discoveryv1.EndpointPort{{Name: new(strconv.Itoa(int(port))), Port: new(behind(port))}}
		found = append(found, slice)
	}
	return found
}

// behind is the port of the pods behind a port of a Service.
func behind(port int32) int32 {
	if port == 443 {
		return httpsPort
	}
	return httpPort
}

// relisten gives a stored Gateway other listeners.
func (w *world) relisten(name string, listeners ...gatewayv1.Listener) {
	w.Helper()
	w.changeGateway(name, "kubectl", func(gateway *gatewayv1.Gateway) { gateway.Spec.Listeners = listeners })
}

// aListener is a listener for the routes of all namespaces.
func aListener(port int32) gatewayv1.Listener {
	return gatewayv1.Listener{Name: "apps", Port: port, Protocol: gatewayv1.HTTPProtocolType, AllowedRoutes: fromAll()}
}

// TestListenerThatAdmitsUs: B-TRN-8, a probe goes to a listener that admits the KIngress's namespace, and
// not to an earlier one that always answers 404.
func TestListenerThatAdmitsUs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data, others := newPlane(t), newPlane(t)
		others.deaf.Store(true)
		objects := withPorts(withListeners(anInstallation(data), "blue", admin, aListener(8080)), "blue", map[int32]*plane{80: others, 8080: data})
		w := others.serves(data.serves(newWorld(t, append(objects, aKIngress("hello", 0))...)))
		w.drain()
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestNoListenerAdmitsUs: B-TRN-8, B-RDY-6, if no listener admits the namespace, the condition says which
// field to change, with the gateway's message once there is one; after the change the KIngress is Ready.
func TestNoListenerAdmitsUs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(withListeners(anInstallation(data), "blue", admin), aKIngress("hello", 0))...))
		const change = "no listener of Gateway gateways/blue for host " + publicHost + " admits HTTPRoutes of namespace default: change spec.listeners[admin].allowedRoutes.namespaces, which is from: Same"
		w.pass(status.GraceBeforeReport + time.Second)
		expect(t, "Conditions", network("Unknown RouteNotAccepted: HTTPRoute default/"+publicHost+": "+change), w.conditions("hello"))

		w.say(publicHost, "Accepted", metav1.ConditionFalse, "NotAllowedByListeners")
		w.pass(status.GraceBeforeReport + time.Second)
		expect(t, "Conditions", network("False RouteNotAccepted: HTTPRoute default/"+publicHost+" on Gateway gateways/blue: Accepted is False: NotAllowedByListeners: in other words ("+change+")"), w.conditions("hello"))

		w.relisten("blue", aListener(80))
		w.say(publicHost, "Accepted", metav1.ConditionTrue, "Accepted")
		w.drain()
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestGatewayKnowsBetter: B-TRN-8, a route that the gateway accepts and answers is served, whatever the
// controller concludes from the spec.
func TestGatewayKnowsBetter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(withListeners(anInstallation(data), "blue", admin), aKIngress("hello", 0))...))
		w.drain()
		w.accept(publicHost)
		w.drain()
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestListenerThatAdmittedUs: B-TRN-8, B-RDY-4, if the listener does not admit the namespace any more,
// the routes stay, and Ready stays until the gateway reports otherwise.
func TestListenerThatAdmittedUs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.relisten("blue", admin)
		w.drain()
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestNamespaceIsLabelled: B-TRN-8, an event tells when a namespace gets labels that a listener selects.
func TestNamespaceIsLabelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data, selecting := newPlane(t), aListener(80)
		selecting.AllowedRoutes.Namespaces = &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromSelector), Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"team": "shop"}}}
		w := data.serves(newWorld(t, append(withListeners(anInstallation(data), "blue", selecting), aKIngress("hello", 0))...))
		w.pass(status.GraceBeforeReport + time.Second)
		expect(t, "Ready", false, w.is("hello", "True")())
		w.replaces(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default", Labels: map[string]string{"team": "shop"}}})
		w.drain()
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}
