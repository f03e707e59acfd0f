// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"fmt"
	"testing"

	"github.com/net-gateways/net-gateways/test/gateways"
)

// B-INS-3, B-RDY-7: on a real cluster, the command that check prints for a Gateway that lacks something makes it work: one that is not
// there, one that no load balancer gives an address, a local one without port 80, a local one that can be reached from outside.
func TestMendsGateway_BINS3_BRDY7(t *testing.T) {
	world.Need(t, gateways.MakesProxies)
	world.Restore(t)
	t.Cleanup(func() {
		kubectl(t, "-n", "e2e-gateways", "delete", "--ignore-not-found", "gateway", "mended", "mended-pending", "mended-local")
	})
	entry := func(class, name, more string) string {
		return fmt.Sprintf("- class: %s\n  gateway: e2e-gateways/%s\n%s", class, name, more)
	}
	lists := func(externals, locals string) string {
		return fmt.Sprintf("kubectl -n knative-serving patch configmap config-gateway --type merge -p '%s'\n", marshal(t, map[string]any{"data": map[string]any{external: externals, local: locals}}))
	}
	created := func(class, name string, port int) string {
		return fmt.Sprintf(`echo '{"apiVersion":"gateway.networking.k8s.io/v1","kind":"Gateway","metadata":{"namespace":"e2e-gateways","name":%q},"spec":{"gatewayClassName":%q,
			"allowedListeners":{"namespaces":{"from":"All"}},"listeners":[{"name":"http","port":%d,"protocol":"HTTP","allowedRoutes":{"namespaces":{"from":"All"}}}]}}' | kubectl apply -f -`, name, class, port)
	}
	folder := t.TempDir()
	for _, fault := range []fault{
		{"Gateway gone", lists(blue()+entry("e2e-public", "mended", "  label-selector: gateway=mended\n"), internal()), "external-gateways[1]", "does not exist"},
		{"local one exposed", lists(blue(), entry("e2e-public", "mended", "")), "local-gateways[0]", "is of type LoadBalancer"},
		{"no address", lists(blue()+entry("e2e-pending", "mended-pending", "  label-selector: gateway=mended\n"), internal()) + created("e2e-pending", "mended-pending", 80), "external-gateways[1]", "--subresource status"},
		{"port 80 of a local one", lists(blue(), entry("e2e-private", "mended-local", "")) + created("e2e-private", "mended-local", 8080), "local-gateways[0]", "port 80"},
	} {
		t.Run(fault.name, func(t *testing.T) { mended(t, folder, fault) })
	}
}
