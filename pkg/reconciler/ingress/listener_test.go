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

// admin is a listener for the Gateway's own namespace, which is what silence means.
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

// withPorts gives the Service of a Gateway other ports, with who listens behind them.
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

// behind is the port of pods behind one of a Service.
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

// TestListenerThatAdmitsUs: B-TRN-8, a probe goes through a listener that admits our namespace, and
// not to one before it that answers 404 for ever.
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

// TestNoListenerAdmitsUs: B-TRN-8, B-RDY-6, where no listener admits us the condition says which
// field to change, in the gateway's words once it has spoken; the change is the cure.
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

// TestGatewayKnowsBetter: B-TRN-8, what the gateway accepts and answers is served, whatever we read
// in its spec.
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

// TestListenerThatAdmittedUs: B-TRN-8, B-RDY-4, when the listener ceases to admit us the routes stay,
// and Ready is the gateway's to take.
func TestListenerThatAdmittedUs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.relisten("blue", admin)
		w.drain()
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestNamespaceIsLabelled: B-TRN-8, labels that a listener selects are seen when they come.
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
