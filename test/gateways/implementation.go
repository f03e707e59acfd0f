// SPDX-License-Identifier: Apache-2.0

package gateways

import (
	"fmt"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Implementation is what tests must know of an implementation of the Gateway API.
type Implementation struct {
	// Name is that of its folder in third_party.
	Name       string
	Controller gatewayv1.GatewayController
	// HTTPPort is the port of a proxy's Pod behind port 80.
	HTTPPort uint16
	// Control are the Deployments that look for CRDs when they start.
	Control []types.NamespacedName
	// Lease is what a new control plane waits for when the old one has not given it back; in the namespace of Control.
	Lease string
	// Requests says, by what a request has, what the app sees of it, or how the gateway answers.
	Requests map[string]string
	// proxies tells where the proxies of a Gateway are.
	proxies func(gateway types.NamespacedName) Place
	// operated tells, for an implementation whose operator runs a proxy for each Gateway, how the one is called that the tests
	// run for a Gateway of theirs: its class and its Service bear that name, too.
	operated func(gateway types.NamespacedName) string
	// withoutEndpoints is what the implementation says of a Service without EndpointSlices, if it refuses such a backend.
	withoutEndpoints string
	// lacks has a reason for each ability that the implementation has not.
	lacks map[Ability]string
}

// Place is a namespace with the labels of a Gateway's proxies: those of their Pods, and of the Service in front of them.
type Place struct {
	Namespace string
	Labels    labels.Set
}

// Ability is what some tests need, and not every implementation has.
type Ability string

const (
	// MakesProxies: a Gateway gets a proxy by itself.
	MakesProxies Ability = "proxies for a new Gateway"
	// TellsOfAddresses: a Gateway is not Programmed before it has an address.
	TellsOfAddresses Ability = "Programmed by address"
	// HasListenerSets: TLS listeners need no write to the Gateway.
	HasListenerSets Ability = "ListenerSets"
	// HasPolicies: test/cluster has policies with which a test puts an obstacle in front of a Gateway or a route.
	HasPolicies Ability = "policies that tests write"
)

// implementations is the table.
var implementations = []Implementation{
	{
		Name: "envoy-gateway", Controller: "gateway.envoyproxy.io/gatewayclass-controller", HTTPPort: 10080,
		Control:  []types.NamespacedName{{Namespace: "envoy-gateway-system", Name: "envoy-gateway"}},
		Lease:    "5b9825d2.gateway.envoyproxy.io",
		Requests: map[string]string{"/a%2Fb": "307 /a/b", "/a/../b": "/b", "X_Underscore": "400"},
		proxies: func(gateway types.NamespacedName) Place {
			return Place{"envoy-gateway-system", labels.Set{
				"gateway.envoyproxy.io/owning-gateway-name": gateway.Name, "gateway.envoyproxy.io/owning-gateway-namespace": gateway.Namespace,
			}}
		},
	},
	{
		Name: "istio", Controller: "istio.io/gateway-controller", HTTPPort: 80,
		Control:  []types.NamespacedName{{Namespace: "istio-system", Name: "istiod"}},
		Requests: map[string]string{"/a%2Fb": "/a%2Fb", "/a/../b": "/b", "X_Underscore": "/ yes"},
		proxies:  inItsNamespace,
		lacks:    map[Ability]string{HasPolicies: noPolicies},
	},
	{
		Name: "contour", Controller: "projectcontour.io/gateway-controller", HTTPPort: 8080,
		Control: []types.NamespacedName{{Namespace: "projectcontour", Name: "contour-gateway-provisioner"}},
		proxies: inItsNamespace,
		lacks: map[Ability]string{
			HasPolicies:     noPolicies,
			HasListenerSets: "Contour 1.33 has no ListenerSets",
			MakesProxies:    "the tests have no GatewayClasses for Contour",
		},
	},
	{
		Name: "traefik", Controller: "traefik.io/gateway-controller", HTTPPort: 80,
		Requests: map[string]string{"/a%2Fb": "/a%2Fb", "/a/../b": "/b", "X_Underscore": "/ yes"},
		Control:  []types.NamespacedName{{Namespace: "traefik", Name: "blue"}, {Namespace: "traefik", Name: "green"}, {Namespace: "traefik", Name: "internal"}},
		proxies: func(gateway types.NamespacedName) Place {
			return Place{"traefik", labels.Set{"app": "traefik", "gateway": traefikOf(gateway)}}
		},
		operated:         traefikOf,
		withoutEndpoints: "endpointslices not found",
		lacks: map[Ability]string{
			HasPolicies:      noPolicies,
			HasListenerSets:  "Traefik 3.7 has no ListenerSets",
			MakesProxies:     "Traefik makes no proxy for a Gateway: an operator runs one for each",
			TellsOfAddresses: "Traefik says Programmed of a Gateway that has no address",
		},
	},
}

const noPolicies = "the policies that the tests write are of another implementation"

// inItsNamespace: with the standard label.
func inItsNamespace(gateway types.NamespacedName) Place {
	return Place{gateway.Namespace, labels.Set{"gateway.networking.k8s.io/gateway-name": gateway.Name}}
}

// traefikOf: hack/cluster add has run those of the shared Gateways.
func traefikOf(gateway types.NamespacedName) string {
	if gateway.Namespace == "gateways-traefik" {
		return gateway.Name
	}
	return "e2e-" + gateway.Name
}

// Operated is the name of the proxy that the tests run for a Gateway of theirs, or empty where proxies come by themselves.
func (i *Implementation) Operated(gateway types.NamespacedName) string {
	if i.operated == nil {
		return ""
	}
	return i.operated(gateway)
}

// WithoutEndpoints is the reason of a service whose new backend has no endpoints, and what its message has: most gateways
// answer 503, which probes see, and others refuse the backend.
func (i *Implementation) WithoutEndpoints(seen ...string) (reason string, words []string) {
	if i.withoutEndpoints != "" {
		return "RefsNotResolved", []string{i.withoutEndpoints}
	}
	return "ProbeFailed", seen
}

// Proxies tells where the proxies of a Gateway are.
func (i *Implementation) Proxies(gateway types.NamespacedName) Place { return i.proxies(gateway) }

// Lacks is the reason why the implementation has not the ability, or empty.
func (i *Implementation) Lacks(ability Ability) string {
	if reason := i.lacks[ability]; reason != "" {
		return fmt.Sprintf("no %s: %s (docs/implementations.md, \"The project's own tests\")", ability, reason)
	}
	return ""
}

// of is the row of a controller.
func of(controller gatewayv1.GatewayController) (*Implementation, error) {
	for i := range implementations {
		if implementations[i].Controller == controller {
			return &implementations[i], nil
		}
	}
	return nil, fmt.Errorf("the tests know no implementation of the Gateway API whose controller is %s", controller)
}
