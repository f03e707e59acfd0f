// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"errors"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
	"github.com/net-gateways/net-gateways/test/gateways"
)

// moody is a Gateway that the tests below trouble, and what each of them means for a
// service that is Ready and for one that comes meanwhile.
const moody = "moody"

var gatewayTroubles = []struct {
	name    string
	provoke func(*testing.T)
	cure    func(*testing.T)
	reason  string
	words   []string
}{
	{"address", editMoody(func(gateway *gatewayv1.Gateway) {
		kind := gatewayv1.AddressType("example.com/named")
		gateway.Spec.Addresses = []gatewayv1.GatewaySpecAddress{{Type: &kind, Value: "none"}}
	}), editMoody(func(gateway *gatewayv1.Gateway) { gateway.Spec.Addresses = nil }),
		"GatewayNotProgrammed", []string{"Gateway e2e-gateways/moody", "Accepted is False", "UnsupportedAddress"}},
	{"namespace", editMoody(admitting(gatewayv1.NamespacesFromSame)), editMoody(admitting(gatewayv1.NamespacesFromAll)),
		"RouteNotAccepted", []string{"HTTPRoute ", "Gateway e2e-gateways/moody", "NotAllowedByListeners", "allowedRoutes"}},
	{"hostname", editMoody(hostname("*.elsewhere.example.org")), editMoody(hostname("")),
		"RouteNotAccepted", []string{"HTTPRoute ", "Gateway e2e-gateways/moody", "NoMatchingListenerHostname", "hostname"}},
	{"deleted", func(t *testing.T) {
		services := moodyServices(t)
		cluster.Gateways.Delete(t, world.Cluster, fixture.GatewayNamespace, moody)
		for _, service := range services { // Envoy Gateway programs a Gateway of the same name with the former Service while that is there
			cluster.Services.Await(t, world.Cluster, service.Namespace, service.Name, cluster.Minutes, fixture.Gone[corev1.Service])
		}
	}, func(t *testing.T) { world.ServeGateway(t, moody, moodyClass) },
		"GatewayNotFound", []string{"Gateway e2e-gateways/moody does not exist", "external-gateways["}},
}

const moodyClass = "e2e-moody"

// B-RDY-6, B-SEL-6: whatever happens to a Gateway moves the services on it, the Ready
// one and the new one, both ways, and `kubectl get ksvc` shows why. First of all no
// controller serves its class.
func TestTroubledGateway_BRDY6_BSEL6_GatewayNotProgrammed_RouteNotAccepted_GatewayNotFound(t *testing.T) {
	t.Parallel()
	world.Need(t, gateways.MakesProxies)
	space := world.Space(t, nil)
	labels := map[string]string{"gateway": moody}
	class := cluster.GatewayClasses.Create(t, world.Cluster, &gatewayv1.GatewayClass{
		ObjectMeta: metav1.ObjectMeta{Name: moodyClass}, Spec: gatewayv1.GatewayClassSpec{ControllerName: "e2e.example/nobody"},
	})
	world.CreateGateway(t, fixture.Gateway(moody, moodyClass, gatewayv1.NamespacesFromAll))
	space.KService(t, fixture.Service{Name: "hello", Labels: labels})
	says(t, space, "hello", "GatewayNotProgrammed", "Gateway e2e-gateways/moody", "is the controller of GatewayClass e2e-moody running?")

	cluster.GatewayClasses.Delete(t, world.Cluster, "", moodyClass)
	class.ObjectMeta = metav1.ObjectMeta{Name: moodyClass}
	class.Spec = cluster.GatewayClasses.Get(t, world.Cluster, "", "e2e-public").Spec
	cluster.GatewayClasses.Create(t, world.Cluster, class)
	address := programmedMoody(t)
	cured(t, space, "hello")
	cluster.AwaitAnswers(t, address, space.ExternalHost("hello"), 200)

	for _, trouble := range gatewayTroubles {
		t.Run(trouble.name, func(t *testing.T) {
			trouble.provoke(t)
			says(t, space, "hello", trouble.reason, trouble.words...)
			space.Backend(t, trouble.name)
			cluster.KIngresses.Create(t, world.Cluster, space.KIngress(trouble.name, labels))
			space.AwaitReason(t, trouble.name, cluster.Seconds, trouble.reason, trouble.words...)

			trouble.cure(t)
			address := programmedMoody(t)
			cured(t, space, "hello")
			space.AwaitReady(t, trouble.name, cluster.Seconds)
			cluster.AwaitAnswers(t, address, space.ExternalHost("hello"), 200)
			cluster.AwaitAnswers(t, address, space.ExternalHost(trouble.name), 200)
		})
	}
}

// programmedMoody waits until the Gateway is well, whatever its services say, and returns its
// address. While Envoy Gateway makes its data plane anew, the address that it publishes may be
// that of the one before.
func programmedMoody(t *testing.T) string {
	t.Helper()
	return cluster.Gateways.Await(t, world.Cluster, fixture.GatewayNamespace, moody, cluster.Minutes, func(gateway *gatewayv1.Gateway) error {
		if err := fixture.Programmed(gateway); err != nil {
			return err
		}
		for _, service := range moodyServices(t) {
			given := service.Status.LoadBalancer.Ingress
			if service.DeletionTimestamp == nil && len(given) == 1 && given[0].IP == gateway.Status.Addresses[0].Value {
				return nil
			}
		}
		return errors.New("its address is that of a Service which is gone")
	}).Status.Addresses[0].Value
}

// moodyServices are those of the Gateway's data plane.
func moodyServices(t *testing.T) []*corev1.Service {
	t.Helper()
	return world.DataPlane(t, types.NamespacedName{Namespace: fixture.GatewayNamespace, Name: moody})
}

func editMoody(edit func(*gatewayv1.Gateway)) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		cluster.Gateways.Update(t, world.Cluster, fixture.GatewayNamespace, moody, edit)
	}
}

func admitting(from gatewayv1.FromNamespaces) func(*gatewayv1.Gateway) {
	return func(gateway *gatewayv1.Gateway) { gateway.Spec.Listeners[0].AllowedRoutes.Namespaces.From = &from }
}

func hostname(name gatewayv1.Hostname) func(*gatewayv1.Gateway) {
	return func(gateway *gatewayv1.Gateway) {
		gateway.Spec.Listeners[0].Hostname = &name
		if name == "" {
			gateway.Spec.Listeners[0].Hostname = nil
		}
	}
}
