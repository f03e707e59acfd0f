// SPDX-License-Identifier: Apache-2.0

package features

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"
)

// Name is the name of a Gateway API feature, such as HTTPRouteHostRewrite.
type Name = gwfeatures.FeatureName

// Set holds what one gateway supports.
type Set = sets.Set[Name]

// Supported adds up what a gateway can do: by its controller's conformance report,
// the status of its class (nil if there is no class) and the operator's
// own list. The result is new on every call and may be changed.
func Supported(controllerName string, class *gatewayv1.GatewayClass, extra Set) Set {
	supported := make(Set, len(core)+len(table[controllerName])+len(extra))
	maps.Copy(supported, core)
	supported.Insert(table[controllerName]...)
	if class != nil {
		for _, feature := range class.Status.SupportedFeatures {
			supported.Insert(Name(feature.Name))
		}
	}
	maps.Copy(supported, extra)
	return supported
}

// warming are the controllers whose gateways send requests to a new backend only once
// they know its endpoints, and keep the old one until then, so that one write moves traffic
// without a loss. Envoy does: ten rollouts at 500 requests a second on Envoy Gateway lose
// nothing (test/bench). Add another controller once the same has been measured on its gateways.
var warming = sets.New("gateway.envoyproxy.io/gatewayclass-controller")

// Warms tells whether the gateways of a controller are known to warm new backends.
func Warms(controllerName string) bool { return warming.Has(controllerName) }

// merging are the controllers whose gateways serve the HTTP listeners of a port from one table. Envoy Gateway 1.9 does
// (internal/xds/translator/translator.go, processHTTPListenerXdsTranslation): a host that is attached to two of them is
// in there twice, and Envoy refuses the table (https://github.com/envoyproxy/gateway/issues/9895).
var merging = sets.New("gateway.envoyproxy.io/gatewayclass-controller")

// Merges tells whether the gateways of a controller are known to serve the HTTP listeners of a port from one table.
func Merges(controllerName string) bool { return merging.Has(controllerName) }

// core are the features of every conformant implementation of the profile GATEWAY-HTTP.
var core = gwfeatures.SetsToNamesSet(
	gwfeatures.GatewayCoreFeatures, gwfeatures.ReferenceGrantCoreFeatures, gwfeatures.HTTPRouteCoreFeatures)

// known are the names of features in this release of the Gateway API and in conformance reports; config-gateway may have
// either.
var known = gwfeatures.SetsToNamesSet(gwfeatures.AllFeatures).Insert(formerNames...)

// Known tells whether name is, or was, the name of a Gateway API feature.
func Known(name Name) bool { return known.Has(name) }

// Names returns the names of all features, sorted.
func Names() []string {
	names := make([]string, 0, known.Len())
	for name := range known {
		names = append(names, string(name))
	}
	slices.Sort(names)
	return names
}
