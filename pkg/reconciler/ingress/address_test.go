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
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// gatewayBecomes changes a Gateway as its controller or an operator does.
func (w *world) gatewayBecomes(name string, change func(*gatewayv1.Gateway)) {
	w.Helper()
	stored, err := w.gateways.Get(gateways, "gateways", name)
	w.must(err)
	changed := stored.(*gatewayv1.Gateway).DeepCopy()
	change(changed)
	w.replaces(changed)
	w.until("the change of Gateway "+name+" is seen", func() bool {
		seen, err := cluster.Get[gatewayv1.Gateway](w.Context(), w.r.cluster, cluster.AllGateways, types.NamespacedName{Namespace: "gateways", Name: name})
		w.must(err)
		return seen.ResourceVersion == changed.ResourceVersion
	})
}

// withoutAddress takes a Gateway's addresses away, as if no load balancer served it.
func withoutAddress(gateway *gatewayv1.Gateway) {
	gateway.Status.Addresses = nil
	meta.SetStatusCondition(&gateway.Status.Conditions, metav1.Condition{
		Type: "Programmed", Status: "False", Reason: "AddressNotAssigned", Message: "no load balancer", ObservedGeneration: gateway.Generation,
	})
}

// withAddress gives a Gateway an address.
func withAddress(gateway *gatewayv1.Gateway) {
	gateway.Status.Addresses = []gatewayv1.GatewayStatusAddress{{Value: "203.0.113.1"}}
	meta.SetStatusCondition(&gateway.Status.Conditions, metav1.Condition{Type: "Programmed", Status: "True", ObservedGeneration: gateway.Generation})
}

// anInstallationInSystem is an installation of Envoy Gateway, whose Services are in its own namespace.
func anInstallationInSystem(data *plane, change func(*gatewayv1.Gateway)) []runtime.Object {
	objects := anInstallation(data)
	for _, object := range objects {
		switch object := object.(type) {
		case *gatewayv1.Gateway:
			change(object)
		case *corev1.Service:
			inEnvoysNamespace(object)
		case *discoveryv1.EndpointSlice:
			inEnvoysNamespace(object)
		}
	}
	return objects
}

func inEnvoysNamespace(object metav1.Object) {
	labels := object.GetLabels()
	name, isFront := labels["gateway.networking.k8s.io/gateway-name"]
	if !isFront {
		return
	}
	delete(labels, "gateway.networking.k8s.io/gateway-name")
	labels["gateway.envoyproxy.io/owning-gateway-name"], labels["gateway.envoyproxy.io/owning-gateway-namespace"] = name, "gateways"
	object.SetNamespace("envoy-gateway-system")
}

// said are the Events since the last look, without their type.
func (w *world) said() []string {
	found := []string{}
	for {
		select {
		case event := <-w.events.Events:
			found = append(found, strings.SplitN(event, " ", 2)[1])
		default:
			return found
		}
	}
}

// TestGatewayWithoutAddress: B-RDY-7, a Gateway without an address is probed at its data plane: its
// service is Ready, the name of its Service is published, and one Event has the Gateway's negative
// condition.
func TestGatewayWithoutAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		data.deaf.Store(true)
		w := data.serves(newWorld(t, append(anInstallationInSystem(data, withoutAddress), aKIngress("hello", 0))...))
		w.until("both routes are asked", func() bool { return w.targets(probe.Failed) == 2 })
		w.clock.SetTime(w.clock.Now().Add(status.GraceBeforeReport))
		w.reconcile(hello)
		ready := w.conditions("hello")["Ready"]
		for _, words := range []string{"Unknown GatewayNotProgrammed: Gateway gateways/blue: Programmed is False: AddressNotAssigned: no load balancer; HTTPRoute default/" + publicHost, "status 404"} {
			if !strings.Contains(ready, words) {
				t.Errorf("%q is not in %q", words, ready)
			}
		}
		data.deaf.Store(false)
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Conditions", isReady, w.conditions("hello"))
		expect(t, "publicLoadBalancer", []v1alpha1.LoadBalancerIngressStatus{{DomainInternal: "envoy-blue.envoy-gateway-system.svc.cluster.local"}}, w.ingress("hello").Status.PublicLoadBalancer.Ingress)
		remark := "GatewayNotProgrammed Gateway gateways/blue: Programmed is False: AddressNotAssigned: no load balancer; its data plane answers"
		if said := w.said(); !slices.Contains(said, remark) {
			t.Errorf("Events %q", said)
		}
		w.writes()
		for range 3 {
			w.clock.SetTime(w.clock.Now().Add(status.GraceWhenReady))
			w.reconcile(hello)
		}
		expect(t, "Writes of a resync", []string{}, w.writes())
		expect(t, "Events of a resync", []string{}, w.said())
	})
}

// TestNoServiceFound: B-RDY-7, B-INS-3, if the Service is in a namespace that may be a tenant's, the
// condition says what to set.
func TestNoServiceFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := anInstallationInSystem(data, withoutAddress)
		for _, object := range objects {
			if found, ok := object.(metav1.Object); ok && found.GetNamespace() == "envoy-gateway-system" {
				found.SetNamespace("a-tenant")
			}
		}
		w := data.serves(newWorld(t, append(objects, aKIngress("hello", 0))...))
		w.until("the routes are written", func() bool { return len(w.routes()) == 2 })
		w.accept(publicHost)
		w.accept(privateHost)
		w.clock.SetTime(w.clock.Now().Add(status.GraceBeforeReport))
		w.reconcile(hello)
		want := "Unknown GatewayNotProgrammed: Gateway gateways/blue: Programmed is False: AddressNotAssigned: no load balancer; no data-plane pod and no address is known; using the Gateway's status" +
			"; Gateway gateways/blue publishes no address and its Service was not found: set `service` of external-gateways[0] (gateways/blue) in ConfigMap config-gateway"
		if got := w.conditions("hello")["Ready"]; !strings.HasPrefix(got, want) {
			t.Errorf("Ready %q, want %q", got, want)
		}
	})
}

// TestAddressWithdrawn: B-RDY-8, B-RDY-4, if the addresses of a Gateway disappear and come back, nothing
// is written for its services, and there is no Event.
func TestAddressWithdrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallationInSystem(data, withAddress), aKIngress("hello", 0))...))
		w.until("hello is Ready", w.is("hello", "True"))
		w.writes()
		w.said()
		before := w.ingress("hello").Status
		for _, change := range []func(*gatewayv1.Gateway){withoutAddress, withAddress} {
			for _, name := range []string{"blue", "inner"} {
				w.gatewayBecomes(name, change)
			}
			w.pass(time.Minute)
		}
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Events", []string{}, w.said())
		expect(t, "Status", before, w.ingress("hello").Status)
	})
}
