// SPDX-License-Identifier: Apache-2.0

package features

import (
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Behaviour is one thing that the gateways of a controller do and that no feature of the Gateway API tells. A row has one
// fact, and how it is known; without a row for a controller, the careful way is taken.
type Behaviour struct {
	Controller gatewayv1.GatewayController
	// Warms: they send requests to a new backend only once they know its endpoints, and keep the old one until then, so
	// that one write moves traffic without a loss.
	Warms bool
	// Merges: they serve the HTTP listeners of a port from one table.
	Merges bool
	// WithoutProxies is the reason of Programmed=False while no proxy of a Gateway is ready.
	WithoutProxies gatewayv1.GatewayConditionReason
	// Services are the labels of their Services, where these are not (only) found by the standard label.
	Services *ServiceLabels
	// Private is the annotation that keeps the Service of a Gateway inside the cluster.
	Private *Annotation
	// Known says how that is known: by a measurement, a trial or the controller's source.
	Known string
}

// ServiceLabels are the keys of the labels with which a controller marks the Services of Gateways in its own namespace.
type ServiceLabels struct {
	// Namespace is that of the controller in its usual installation. Tenants cannot write there.
	Namespace string
	// Gateway and GatewayNamespace are the labels with the name and namespace of the one Gateway of a Service.
	Gateway, GatewayNamespace string
	// Class is the label with the name of the GatewayClass whose Gateways share a Service.
	Class string
}

// Selector is the key that every such Service has.
func (l ServiceLabels) Selector() string {
	if l.Class != "" {
		return l.Class
	}
	return l.Gateway
}

// Annotation is a key with its value.
type Annotation struct{ Key, Value string }

const (
	envoyGateway gatewayv1.GatewayController = "gateway.envoyproxy.io/gatewayclass-controller"
	istio        gatewayv1.GatewayController = "istio.io/gateway-controller"
)

// behaviours is the table; docs/implementations.md shows it.
var behaviours = []Behaviour{
	{Controller: envoyGateway, Warms: true, Known: "measured: ten rollouts at 500 requests a second lose nothing ([test/bench](../test/bench))"},
	{Controller: envoyGateway, Merges: true, Known: "seen in the project's tests; processHTTPListenerXdsTranslation in its internal/xds/translator/translator.go; " +
		"its [issue 9895](https://github.com/envoyproxy/gateway/issues/9895)"},
	{Controller: envoyGateway, WithoutProxies: gatewayv1.GatewayReasonNoResources, Known: "source: updateGatewayProgrammedCondition in its internal/gatewayapi/status/gateway.go"},
	{Controller: envoyGateway, Services: &ServiceLabels{
		Namespace: "envoy-gateway-system", Gateway: "gateway.envoyproxy.io/owning-gateway-name", GatewayNamespace: "gateway.envoyproxy.io/owning-gateway-namespace",
	}, Known: "seen in all of the project's tests"},
	{Controller: envoyGateway, Services: &ServiceLabels{
		Namespace: "envoy-gateway-system", Class: "gateway.envoyproxy.io/owning-gatewayclass",
	}, Known: "source, not run: OwnerLabels in its internal/gatewayapi/helpers.go, with `mergeGateways`"},
	{Controller: istio, WithoutProxies: gatewayv1.GatewayReasonAddressNotAssigned, Known: "seen by hand with 1.31: while the Service of a Gateway has no endpoints"},
	{Controller: istio, Private: &Annotation{Key: "networking.istio.io/service-type", Value: "ClusterIP"}, Known: "source of 1.31, which warns that it is deprecated"},
}

// Behaviours are the rows of the table.
func Behaviours() []Behaviour { return slices.Clone(behaviours) }

// Warms tells whether the gateways of a controller are known to warm new backends.
func Warms(controller gatewayv1.GatewayController) bool {
	return slices.ContainsFunc(behaviours, func(b Behaviour) bool { return b.Controller == controller && b.Warms })
}

// Merges tells whether the gateways of a controller are known to serve the HTTP listeners of a port from one table.
func Merges(controller gatewayv1.GatewayController) bool {
	return slices.ContainsFunc(behaviours, func(b Behaviour) bool { return b.Controller == controller && b.Merges })
}

// WithoutProxies tells whether a controller reports Programmed=False for this reason while a Gateway has no proxy. Any
// controller's reason counts if the controller is not known.
func WithoutProxies(controller gatewayv1.GatewayController, reason string) bool {
	return slices.ContainsFunc(behaviours, func(b Behaviour) bool {
		return b.WithoutProxies != "" && string(b.WithoutProxies) == reason && (controller == "" || b.Controller == controller)
	})
}

// Services are the labels of the Services of a controller's Gateways; those of all controllers for "".
func Services(controller gatewayv1.GatewayController) []ServiceLabels {
	found := []ServiceLabels{}
	for _, b := range behaviours {
		if b.Services != nil && (controller == "" || b.Controller == controller) {
			found = append(found, *b.Services)
		}
	}
	return found
}

// Private are the annotations that keep the Service of a Gateway of the controller inside the cluster; nil where none is
// known to.
func Private(controller gatewayv1.GatewayController) map[string]string {
	var found map[string]string
	for _, b := range behaviours {
		if b.Private != nil && b.Controller == controller {
			found = map[string]string{b.Private.Key: b.Private.Value}
		}
	}
	return found
}
