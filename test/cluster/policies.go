// SPDX-License-Identifier: Apache-2.0

package cluster

// Envoy Gateway's own kinds, where a test needs what the Gateway API has not.
var (
	TrafficPolicies       = kind[Object]("gateway.envoyproxy.io", "v1alpha1", "BackendTrafficPolicy", "backendtrafficpolicies")
	EnvoyProxies          = kind[Object]("gateway.envoyproxy.io", "v1alpha1", "EnvoyProxy", "envoyproxies")
	SecurityPolicies      = kind[Object]("gateway.envoyproxy.io", "v1alpha1", "SecurityPolicy", "securitypolicies")
	ClientTrafficPolicies = kind[Object]("gateway.envoyproxy.io", "v1alpha1", "ClientTrafficPolicy", "clienttrafficpolicies")
)

// Policy applies to a whole Gateway in the same namespace.
func Policy(namespace, gateway string, spec map[string]any) *Object {
	spec["targetRefs"] = []any{map[string]any{"group": Gateways.Group, "kind": Gateways.Kind, "name": gateway}}
	return &Object{"metadata": map[string]any{"namespace": namespace, "name": "e2e-" + gateway}, "spec": spec}
}
