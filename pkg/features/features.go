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
