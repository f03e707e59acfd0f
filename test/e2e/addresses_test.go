// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// B-RDY-7: a Gateway that never gets an address (kind, bare metal, a pending cloud) is asked through its
// data plane: its services are Ready, the name of its Service is published, and an Event has what the
// Gateway complains of. With NodePorts likewise.
func TestGatewayWithoutAddress_BRDY7(t *testing.T) {
	t.Parallel()
	for gateway, class := range map[string]string{"homeless": "e2e-pending", "nodes": "e2e-nodes"} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			space := world.Space(t, nil)
			world.CreateGateway(t, fixture.Gateway(gateway, class, gatewayv1.NamespacesFromAll))
			service := world.AwaitDataPlane(t, gateway)
			space.KService(t, fixture.Service{Name: "hello", Labels: map[string]string{"gateway": gateway}})
			space.AwaitKServiceReady(t, "hello", cluster.Minutes)
			ing := space.AwaitReady(t, "hello", cluster.Minutes)
			want := fmt.Sprintf("%s.%s.svc.cluster.local", service.Name, service.Namespace)
			if public := ing.Status.PublicLoadBalancer; public == nil || len(public.Ingress) != 1 || public.Ingress[0].DomainInternal != want {
				t.Errorf("%+v is published, want %s", public, want)
			}
			cluster.AwaitAnswer(t, service.Spec.ClusterIP, space.ExternalHost("hello"), 200, cluster.Minutes)
			if class == "e2e-pending" {
				cluster.Events.AwaitAny(t, world.Cluster, "", cluster.Minutes, func(event *corev1.Event) bool {
					return strings.Contains(event.Message, "AddressNotAssigned") && strings.Contains(event.Message, "e2e-gateways/homeless")
				})
			}
		})
	}
}

// B-RDY-8: the address of a Gateway is withdrawn for ten seconds and more under load: none of its
// services is not Ready for a moment, none is written, and what is published stays.
func TestAddressIsWithdrawn_BRDY8(t *testing.T) {
	t.Parallel()
	const gateway, address, services = "fickle", "10.90.0.9", 10
	space := world.Space(t, nil)
	world.CreateGateway(t, fixture.Gateway(gateway, "e2e-pending", gatewayv1.NamespacesFromAll))
	service := world.AwaitDataPlane(t, gateway)
	world.GiveAddress(t, service, address, corev1.LoadBalancerIPModeVIP)
	programmed(t, gateway, address)
	before := map[string]string{}
	requests := []cluster.Request{}
	for i := range services {
		name := fmt.Sprintf("hello-%d", i)
		space.Serve(t, name, map[string]string{"gateway": gateway})
		requests = append(requests, cluster.Request{Host: space.ExternalHost(name)})
	}
	for i := range services {
		name := fmt.Sprintf("hello-%d", i)
		cluster.AwaitAnswer(t, service.Spec.ClusterIP, space.ExternalHost(name), 200, cluster.Minutes)
		before[name] = cluster.KIngresses.Get(t, world.Cluster, space.Name, name).ResourceVersion
	}
	load := cluster.StartRequests(t, service.Spec.ClusterIP, 2*time.Millisecond, requests...)
	cluster.Services.UpdateStatus(t, world.Cluster, service.Namespace, service.Name, func(service *corev1.Service) { service.Status.LoadBalancer.Ingress = nil })
	cluster.Gateways.Await(t, world.Cluster, fixture.GatewayNamespace, gateway, cluster.Minutes, func(g *gatewayv1.Gateway) error {
		if len(g.Status.Addresses) > 0 || meta.IsStatusConditionTrue(g.Status.Conditions, string(gatewayv1.GatewayConditionProgrammed)) {
			return errors.New("the Gateway still has an address, or is Programmed")
		}
		return nil
	})
	load.StopAllAnswered(t, 200, 5000)
	space.Serve(t, "new", map[string]string{"gateway": gateway}) // it goes on for new services, too
	world.GiveAddress(t, service, address, corev1.LoadBalancerIPModeVIP)
	programmed(t, gateway, address)
	space.Serve(t, "later", map[string]string{"gateway": gateway})
	for name, version := range before {
		if now := cluster.KIngresses.Get(t, world.Cluster, space.Name, name); now.ResourceVersion != version {
			t.Errorf("KIngress %s was written: %+v", name, now.Status)
		}
	}
}

// B-RDY-9: callers in the cluster come to port 80. An internal Gateway whose only listener is on another
// one is unsuitable, and the condition says what to change; so changed, the service answers its callers.
func TestInternalGatewayOnAnotherPort_BRDY9(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	gateway := fixture.Gateway("high", "e2e-private", gatewayv1.NamespacesFromAll)
	gateway.Spec.Listeners[0].Port = 8080
	world.CreateGateway(t, gateway)
	space.KService(t, fixture.Service{Name: "hello", Labels: map[string]string{"local": "high"}})
	space.AwaitKServiceReason(t, "hello", cluster.Minutes, "GatewayUnsuitable", "80", "e2e-gateways/high")
	cluster.Gateways.Update(t, world.Cluster, fixture.GatewayNamespace, "high", func(gateway *gatewayv1.Gateway) {
		added := *gateway.Spec.Listeners[0].DeepCopy()
		added.Name, added.Port = "callers", 80
		gateway.Spec.Listeners = append(gateway.Spec.Listeners, added)
	})
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
	cluster.AwaitAnswer(t, space.LocalHost("hello"), space.LocalHost("hello"), 200, cluster.Minutes)
}

// B-RDY-8, B-RDY-5: what a settled service publishes inside the cluster stays, while the Service of its
// Gateway loses its labels, or its ports change: Serving's Service for its callers is the same one, and who
// looks its name up for each request gets an answer each time.
func TestPublishedNameStays_BRDY8(t *testing.T) {
	t.Parallel()
	const gateway = "renamed"
	space := world.Space(t, nil)
	world.CreateGateway(t, fixture.Gateway(gateway, "e2e-private", gatewayv1.NamespacesFromAll))
	service := world.AwaitDataPlane(t, gateway)
	space.KService(t, fixture.Service{Name: "hello", Labels: map[string]string{"local": gateway}})
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
	host := space.LocalHost("hello")
	cluster.AwaitAnswer(t, host, host, 200, cluster.Minutes)
	inside := cluster.Services.Get(t, world.Cluster, space.Name, "hello")
	seen := watchPublished(t, space, "hello")
	load := cluster.StartLoad(t, host, host, 5*time.Millisecond)
	labels := world.Installed.Proxies(types.NamespacedName{Namespace: fixture.GatewayNamespace, Name: gateway}).Labels
	for range 3 { // the gateway's controller puts them back
		cluster.Services.Update(t, world.Cluster, service.Namespace, service.Name, func(service *corev1.Service) {
			maps.DeleteFunc(service.Labels, func(key, _ string) bool { return labels.Has(key) })
		})
		space.Serve(t, "other", nil)
		for _, delete := range []func(){
			func() { cluster.KIngresses.Delete(t, world.Cluster, space.Name, "other") },
			func() { cluster.Services.Delete(t, world.Cluster, space.Name, "other") },
			func() { cluster.EndpointSlices.Delete(t, world.Cluster, space.Name, "other") },
		} {
			delete()
		}
	}
	load.StopAllAnswered(t, 200, 1000)
	if got := seen(); len(got) != 1 {
		t.Errorf("the published addresses changed: %v", got)
	}
	if now := cluster.Services.Get(t, world.Cluster, space.Name, "hello"); now.UID != inside.UID {
		t.Error("Serving made the Service for callers anew")
	}
}
