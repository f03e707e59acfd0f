// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"errors"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// unreachable is an address at which nothing answers, as of a load balancer that cannot be
// reached from inside the cluster.
const unreachable = "10.254.0.1"

// programmed waits until the Gateway has the address.
func programmed(t *testing.T, gateway, address string) {
	t.Helper()
	cluster.Gateways.Await(t, world.Cluster, fixture.GatewayNamespace, gateway, cluster.Minutes, func(g *gatewayv1.Gateway) error {
		if err := fixture.Programmed(g); err != nil {
			return err
		}
		return differ("address", g.Status.Addresses[0].Value, address)
	})
}

// B-SEL-6: a Gateway that is created after the service, gets an address, another one,
// and is deleted, moves the service's status by itself. B-RDY-6: GatewayNotFound,
// GatewayNotProgrammed, ProbeFailed, as `kubectl get ksvc` shows them. B-RDY-1: the
// mode `address` asks the address that the Gateway publishes, and no other.
func TestGatewayComesAndGoes_BSEL6_BRDY1_address_BRDY6(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	space.KService(t, fixture.Service{Name: "hello", Labels: map[string]string{"gateway": "late"}})
	space.AwaitReason(t, "hello", cluster.Minutes, "GatewayNotFound", "e2e-gateways/late", "external-gateways[4]", "does not exist")
	space.AwaitKServiceReason(t, "hello", cluster.Seconds, "GatewayNotFound")

	world.CreateGateway(t, fixture.Gateway("late", "e2e-pending", gatewayv1.NamespacesFromAll))
	service := world.AwaitDataPlane(t, "late")
	space.AwaitReason(t, "hello", cluster.Seconds, "GatewayNotProgrammed", "e2e-gateways/late")
	space.AwaitKServiceReason(t, "hello", cluster.Seconds, "GatewayNotProgrammed")
	publishedInside(t, space, "hello") // B-RDY-5

	world.GiveAddress(t, service, unreachable, corev1.LoadBalancerIPModeProxy)
	programmed(t, "late", unreachable)
	space.AwaitReason(t, "hello", cluster.Seconds, "ProbeFailed", "e2e-gateways/late", space.ExternalHost("hello"), unreachable+":80")
	space.AwaitKServiceReason(t, "hello", cluster.Seconds, "ProbeFailed")

	const address = "10.90.0.1"
	world.GiveAddress(t, service, address, corev1.LoadBalancerIPModeVIP)
	programmed(t, "late", address)
	space.AwaitReady(t, "hello", cluster.Seconds)
	space.AwaitKServiceReady(t, "hello", cluster.Seconds)
	cluster.AwaitAnswers(t, address, space.ExternalHost("hello"), 200)
	cluster.Answers(t, world.Blue, space.ExternalHost("hello"), 404)

	cluster.Gateways.Delete(t, world.Cluster, fixture.GatewayNamespace, "late")
	space.AwaitReason(t, "hello", cluster.Seconds, "GatewayNotFound", "e2e-gateways/late")
	space.AwaitKServiceReason(t, "hello", cluster.Seconds, "GatewayNotFound")
}

// publishedInside waits until the local side is published; the external one has nothing
// to publish.
func publishedInside(t *testing.T, space *fixture.Space, name string) {
	t.Helper()
	waiting := cluster.KIngresses.Await(t, world.Cluster, space.Name, name, cluster.Seconds, func(ing *v1alpha1.Ingress) error {
		return oneAddress(ing.Status.PrivateLoadBalancer)
	})
	if published := waiting.Status.PublicLoadBalancer; published != nil && len(published.Ingress) > 0 {
		t.Errorf("an address is published that no node has: %v", published)
	}
}

// B-RDY-6 RouteNotAccepted: with the gateway's own reason, when its listener does not
// admit the namespace. B-SEL-6: a change of the Gateway moves the KIngress both ways.
// B-RDY-1: the mode `status` asks no proxy; here none could answer, and the Gateway's word decides. B-RDY-5:
// before the Gateway has an address, the local side is published.
func TestGatewayRefusesRoute_BSEL6_BRDY1_status_BRDY6_RouteNotAccepted(t *testing.T) {
	t.Parallel()
	world.CreateGateway(t, fixture.Gateway("choosy", "e2e-pending", gatewayv1.NamespacesFromAll))
	service := world.AwaitDataPlane(t, "choosy")
	space := world.Space(t, nil)
	space.DeadBackend(t, "quiet")
	space.Backend(t, "hello")
	ing := space.Ingress("quiet", map[string]string{"gateway": "choosy"},
		space.Rule(v1alpha1.IngressVisibilityClusterLocal, "hello", space.LocalHost("quiet")),
		space.Rule(v1alpha1.IngressVisibilityExternalIP, "quiet", space.ExternalHost("quiet")))
	cluster.KIngresses.Create(t, world.Cluster, ing)
	space.AwaitReason(t, "quiet", cluster.Seconds, "GatewayNotProgrammed", "e2e-gateways/choosy")
	publishedInside(t, space, "quiet")
	cluster.Answers(t, world.Internal, space.LocalHost("quiet"), 200)
	world.GiveAddress(t, service, unreachable, corev1.LoadBalancerIPModeProxy)
	programmed(t, "choosy", unreachable)
	space.AwaitReady(t, "quiet", cluster.Seconds)

	admit := func(from gatewayv1.FromNamespaces) {
		cluster.Gateways.Update(t, world.Cluster, fixture.GatewayNamespace, "choosy", func(gateway *gatewayv1.Gateway) {
			gateway.Spec.Listeners[0].AllowedRoutes.Namespaces.From = &from
		})
	}
	for range 2 {
		admit(gatewayv1.NamespacesFromSame)
		space.AwaitReason(t, "quiet", cluster.Seconds, "RouteNotAccepted", "HTTPRoute "+space.Name+"/"+space.ExternalHost("quiet"), "e2e-gateways/choosy", "NotAllowedByListeners")
		admit(gatewayv1.NamespacesFromAll)
		space.AwaitReady(t, "quiet", cluster.Seconds)
	}
}

// B-RDY-7: a Gateway for which no load balancer comes, as on kind or bare metal, is asked through its
// data plane: its service is Ready, and has the name of its Service. B-RDY-8, B-RDY-5: when an address comes and
// goes the service stays Ready, and what it publishes stays. B-RDY-1: the mode `dataplane` asks the pods: an
// address that cannot be reached does not matter, a pod that does not answer as it should does.
func TestPendingLoadBalancer_BRDY7_BRDY8_BRDY5_BRDY1_dataplane(t *testing.T) {
	t.Parallel()
	world.CreateGateway(t, fixture.Gateway("slow", "e2e-pending", gatewayv1.NamespacesFromAll))
	service := world.AwaitDataPlane(t, "slow")
	space := world.Space(t, nil)
	slow := map[string]string{"gateway": "slow"}
	space.Backend(t, "hello")
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("hello", slow))
	ready := space.AwaitReady(t, "hello", cluster.Minutes)
	if got := ready.Status.PublicLoadBalancer.Ingress[0].DomainInternal; got != service.Name+"."+service.Namespace+".svc.cluster.local" {
		t.Errorf("%q is published, want the name of Service %s", got, service.Name)
	}
	cluster.AwaitAnswers(t, service.Spec.ClusterIP, space.ExternalHost("hello"), 200)
	cluster.Answers(t, world.Internal, space.LocalHost("hello"), 200)

	for range 2 {
		world.GiveAddress(t, service, unreachable, corev1.LoadBalancerIPModeProxy)
		programmed(t, "slow", unreachable)
		cluster.Services.UpdateStatus(t, world.Cluster, service.Namespace, service.Name, func(service *corev1.Service) {
			service.Status.LoadBalancer.Ingress = nil
		})
		cluster.Gateways.Await(t, world.Cluster, fixture.GatewayNamespace, "slow", cluster.Minutes, func(g *gatewayv1.Gateway) error {
			if fixture.Programmed(g) == nil {
				return errors.New("still has its address")
			}
			return nil
		})
	}
	cluster.Answers(t, service.Spec.ClusterIP, space.ExternalHost("hello"), 200)
	if now := cluster.KIngresses.Get(t, world.Cluster, space.Name, "hello"); now.ResourceVersion != ready.ResourceVersion {
		t.Errorf("the status was written: it was %+v, and is %+v", ready.Status, now.Status)
	}
	for _, published := range []*v1alpha1.LoadBalancerStatus{ready.Status.PublicLoadBalancer, ready.Status.PrivateLoadBalancer} {
		if err := oneAddress(published); err != nil {
			t.Error(err)
		}
	}
	space.DeadBackend(t, "dead")
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("dead", slow))
	space.AwaitReason(t, "dead", cluster.Seconds, "GatewayNotProgrammed", "e2e-gateways/slow", space.ExternalHost("dead"), "503")
	world.GiveAddress(t, service, unreachable, corev1.LoadBalancerIPModeProxy)
	space.AwaitReason(t, "dead", cluster.Seconds, "ProbeFailed", "e2e-gateways/slow", space.ExternalHost("dead"), "503")
}

// B-RDY-5: what is published has one entry with one field, and stays while the
// service changes.
func TestPublishedAddress_BRDY5(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	first := space.Serve(t, "hello", nil)
	for _, published := range []*v1alpha1.LoadBalancerStatus{first.Status.PublicLoadBalancer, first.Status.PrivateLoadBalancer} {
		if err := oneAddress(published); err != nil {
			t.Error(err)
		}
	}
	seen := watchPublished(t, space, "hello")
	cluster.KIngresses.Update(t, world.Cluster, space.Name, "hello", func(ing *v1alpha1.Ingress) { mark(ing, "second") })
	space.AwaitReady(t, "hello", cluster.Seconds)
	if got := seen(); len(got) != 1 {
		t.Errorf("the published addresses changed without need: %v", got)
	}
}
