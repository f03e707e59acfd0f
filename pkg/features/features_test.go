// SPDX-License-Identifier: Apache-2.0

package features_test

import (
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/features"
)

const envoyGateway = "gateway.envoyproxy.io/gatewayclass-controller"

// B-INS-3, decision 6: class status, shipped table and the entry's list add up.
func TestSupported(t *testing.T) {
	class := &gatewayv1.GatewayClass{Status: gatewayv1.GatewayClassStatus{
		SupportedFeatures: []gatewayv1.SupportedFeature{{Name: "HTTPRouteHostRewrite"}, {Name: "FutureFeature"}},
	}}
	extra := sets.New[features.Name]("HTTPRouteRequestTimeout")
	for _, test := range []struct {
		name       string
		controller string
		class      *gatewayv1.GatewayClass
		extra      features.Set
		has, not   features.Name
	}{
		{"core without anything known", "example.com/new", nil, nil, gwfeatures.SupportHTTPRoute, gwfeatures.SupportHTTPRouteHostRewrite},
		{"class status", "example.com/new", class, nil, gwfeatures.SupportHTTPRouteHostRewrite, gwfeatures.SupportListenerSet},
		{"class status newer than we are", "example.com/new", class, nil, "FutureFeature", gwfeatures.SupportListenerSet},
		{"entry's list", "example.com/new", nil, extra, gwfeatures.SupportHTTPRouteRequestTimeout, gwfeatures.SupportHTTPRouteHostRewrite},
		{"table: Envoy Gateway fills no status", envoyGateway, &gatewayv1.GatewayClass{}, nil, gwfeatures.SupportListenerSet, gwfeatures.SupportUDPRoute},
		{"table: Contour has no ListenerSet", "projectcontour.io/gateway-controller", nil, nil, gwfeatures.SupportHTTPRouteBackendProtocolH2C, gwfeatures.SupportListenerSet},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := features.Supported(test.controller, test.class, test.extra)
			if !got.Has(test.has) || got.Has(test.not) {
				t.Errorf("want %s and not %s in %v", test.has, test.not, sets.List(got))
			}
			if !got.HasAll(gwfeatures.SupportGateway, gwfeatures.SupportHTTPRoute, gwfeatures.SupportReferenceGrant) {
				t.Errorf("core features are missing in %v", sets.List(got))
			}
			got.Insert("changed") // must not reach the next caller
			if features.Supported(test.controller, nil, nil).Has("changed") {
				t.Error("the result is shared between calls")
			}
		})
	}
	if len(extra) != 1 {
		t.Errorf("the input was changed: %v", extra)
	}
}

func TestKnown(t *testing.T) {
	for _, name := range []features.Name{"HTTPRoute", "HTTPRouteRequestTimeout", "ListenerSet", "HTTPResponseHeaderModification"} {
		if !features.Known(name) {
			t.Errorf("%s is not known", name)
		}
	}
	if features.Known("HTTPRouteHostRewrites") {
		t.Error("a misspelt name is known")
	}
	if names := features.Names(); !slices.IsSorted(names) || len(names) < 50 {
		t.Errorf("%d names, sorted %t", len(names), slices.IsSorted(names))
	}
}
