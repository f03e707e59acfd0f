// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/pires/go-proxyproto"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
	"github.com/net-gateways/net-gateways/test/gateways"
)

// B-INS-3 `service`: one that does not exist is reported, and the Gateway's address is used, here
// an external IP, which whoever may write a Service can claim. Without it the Service is found by
// its labels in the namespace of its controller, and its name is what a new service publishes. B-RDY-8:
// an address that is published already stays, whatever `service` says afterwards.
func TestNamedService_BINS3(t *testing.T) {
	const address = "10.91.0.7"
	world.Restore(t)
	space := world.Space(t, nil)
	gateway := fixture.Gateway("fixed", "e2e-pending", gatewayv1.NamespacesFromAll)
	kind := gatewayv1.IPAddressType
	gateway.Spec.Addresses = []gatewayv1.GatewaySpecAddress{{Type: &kind, Value: address}}
	world.CreateGateway(t, gateway)
	service := world.AwaitDataPlane(t, "fixed")
	cluster.Gateways.Await(t, world.Cluster, fixture.GatewayNamespace, "fixed", cluster.Minutes, fixture.Programmed)
	name := func(entry string) {
		t.Helper()
		fixed := "- class: e2e-pending\n  gateway: e2e-gateways/fixed\n  label-selector: gateway=fixed\n"
		if err := write(map[string]string{external: blue() + fixed + entry, local: internal()}); err != nil {
			t.Fatal(err)
		}
	}
	published := func(name string, want v1alpha1.LoadBalancerIngressStatus, reason string, words ...string) {
		t.Helper()
		cluster.KIngresses.Await(t, world.Cluster, space.Name, name, cluster.Seconds, func(ing *v1alpha1.Ingress) error {
			if err := saysNetwork(reason, words...)(ing); err != nil {
				return err
			}
			got := ing.Status.PublicLoadBalancer
			return wants(got != nil && len(got.Ingress) == 1 && got.Ingress[0] == want, fmt.Sprintf("%v is published, want %v", got, want))
		})
	}

	name("  service: elsewhere/nobody\n")
	space.Serve(t, "hello", map[string]string{"gateway": "fixed"})
	byAddress := v1alpha1.LoadBalancerIngressStatus{IP: address}
	byName := v1alpha1.LoadBalancerIngressStatus{DomainInternal: service.Name + "." + service.Namespace + ".svc.cluster.local"}
	published("hello", byAddress, "ServiceNotFound", "Service elsewhere/nobody", "external-gateways[1]", "gateways/fixed")
	cluster.AwaitAnswers(t, address, space.ExternalHost("hello"), 200)
	awaitEventOf(t, cluster.KIngresses.Get(t, world.Cluster, space.Name, "hello"), "ServiceNotFound")

	name("  probe: dataplane\n") // and no service
	space.Backend(t, "strict")
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("strict", map[string]string{"gateway": "fixed"}))
	space.AwaitReady(t, "strict", cluster.Seconds)
	published("strict", byName, "")
	published("hello", byAddress, "")

	name("  service: elsewhere/nobody\n")
	published("strict", byName, "ServiceNotFound", "Service elsewhere/nobody")
	published("hello", byAddress, "ServiceNotFound", "Service elsewhere/nobody")

	name("  probe: dataplane\n  service: " + service.Namespace + "/" + service.Name + "\n")
	published("strict", byName, "")
	published("hello", byAddress, "")
}

// B-INS-3 without `gateway`: a Gateway is created, programmed and serves; when no entry
// wants it any more, its services move away and it goes. Nothing of the release owns it.
func TestManagedGateway_BINS3(t *testing.T) {
	const name = "knative-external-e2e-public"
	world.Need(t, gateways.MakesProxies)
	world.Restore(t)
	space := world.Space(t, nil)
	if err := write(map[string]string{external: "- class: e2e-public\n", local: internal()}); err != nil {
		t.Fatal(err)
	}
	gateway := cluster.Gateways.Await(t, world.Cluster, cluster.SystemNamespace, name, cluster.Minutes, fixture.Programmed)
	listeners := gateway.Spec.AllowedListeners
	for what, met := range map[string]bool{
		"an owner":              len(gateway.OwnerReferences) == 0,
		"a class of its own":    gateway.Spec.GatewayClassName == "e2e-public",
		"not one HTTP listener": len(gateway.Spec.Listeners) == 1 && gateway.Spec.Listeners[0].Port == 80,
		"no ListenerSets":       listeners != nil && *listeners.Namespaces.From == gatewayv1.NamespacesFromAll,
	} {
		if !met {
			t.Errorf("the Gateway has %s: %+v", what, gateway)
		}
	}
	space.Serve(t, "hello", nil)
	host := space.ExternalHost("hello")
	cluster.Answers(t, gateway.Status.Addresses[0].Value, host, 200)
	cluster.Answers(t, world.Blue, host, 404)

	if err := world.RestoreConfig(t.Context()); err != nil {
		t.Fatal(err)
	}
	cluster.AwaitAnswer(t, world.Blue, host, 200, cluster.Seconds)
	cluster.Gateways.Await(t, world.Cluster, cluster.SystemNamespace, name, cluster.Minutes, fixture.Gone[gatewayv1.Gateway])
	space.AwaitReady(t, "hello", cluster.Seconds)
	cluster.Answers(t, world.Blue, host, 200)
}

// B-INS-3 `proxy-protocol-enabled`, B-RDY-2: on a listener that demands the PROXY
// protocol services are proven by asking the pods when the entry says so; when it does
// not, the condition says that no pod answers, and is corrected when it does.
func TestProxyProtocol_BINS3_BRDY2(t *testing.T) {
	world.Need(t, gateways.HasPolicies)
	world.Restore(t)
	space := world.Space(t, nil)
	policy(t, cluster.ClientTrafficPolicies, map[string]any{"proxyProtocol": map[string]any{"optional": false}})
	cluster.AwaitAnswer(t, world.Blue, "nobody.example.com", 0, cluster.Minutes) // it closes the connection
	speak := func(enabled bool) {
		t.Helper()
		if err := write(map[string]string{external: blue() + fmt.Sprintf("  proxy-protocol-enabled: %v\n", enabled), local: internal()}); err != nil {
			t.Fatal(err)
		}
	}
	speak(true)
	space.Backend(t, "hello")
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("hello", nil))
	cluster.KIngresses.Await(t, world.Cluster, space.Name, "hello", cluster.Seconds, saysNetwork(""))
	for _, version := range []byte{1, 2} {
		if code := askThroughProxy(t, version, world.Blue, space.ExternalHost("hello")); code != http.StatusOK {
			t.Errorf("PROXY protocol version %d: answer %d", version, code)
		}
	}

	speak(false)
	degradedService(t, space, "mute", nil, []string{"data plane ", "cannot be reached: connection ", "using the Gateway's status"})
	speak(true)
	cluster.KIngresses.Await(t, world.Cluster, space.Name, "mute", cluster.Seconds, saysNetwork(""))
}

// askThroughProxy asks as a load balancer that speaks the PROXY protocol does.
func askThroughProxy(t *testing.T, version byte, address, host string) int {
	t.Helper()
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(address, "80"), 3*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(cluster.Seconds)); err != nil {
		t.Fatal(err)
	}
	if _, err := proxyproto.HeaderProxyFromAddrs(version, conn.LocalAddr(), conn.RemoteAddr()).WriteTo(conn); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := request.Write(conn); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), request)
	if err != nil {
		t.Fatalf("PROXY protocol version %d: %v", version, err)
	}
	defer response.Body.Close()
	return response.StatusCode
}
