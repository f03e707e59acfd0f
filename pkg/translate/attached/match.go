// SPDX-License-Identifier: Apache-2.0

package attached

import (
	"fmt"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// reservedPaths are not the user's: only the solver of a challenge answers to a certificate authority, and
// only probe rules answer probes.
var reservedPaths = []string{"/.well-known/acme-challenge", "/.well-known/net-gateways-probe"}

// matchesOf are the matches of a rule with their defaults.
func matchesOf(rule gatewayv1.HTTPRouteRule) []gatewayv1.HTTPRouteMatch {
	matches := slices.Clone(rule.Matches)
	if len(matches) == 0 {
		matches = []gatewayv1.HTTPRouteMatch{{}}
	}
	for i, match := range matches {
		path := gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchPathPrefix), Value: new("/")}
		if match.Path != nil && match.Path.Type != nil {
			path.Type = match.Path.Type
		}
		if match.Path != nil && match.Path.Value != nil {
			path.Value = match.Path.Value
		}
		matches[i].Path = &path
	}
	return matches
}

// checkMatch says why a route may not have a match, and because of which field; empty if it may.
func checkMatch(match gatewayv1.HTTPRouteMatch, gateway input.Gateway) (field, why string) {
	path := *match.Path.Value
	switch {
	case *match.Path.Type != gatewayv1.PathMatchPathPrefix && *match.Path.Type != gatewayv1.PathMatchExact:
		return ".path", fmt.Sprintf("a path of type %s would hide other paths of the host, because gateways rank it differently: use PathPrefix or Exact", *match.Path.Type)
	case !rules.PossiblePath(path):
		return ".path", fmt.Sprintf("%q is not a path that a gateway can match", path)
	}
	for _, reserved := range reservedPaths {
		if path == reserved || strings.HasPrefix(path, reserved+"/") {
			return ".path", fmt.Sprintf("%s is reserved: certificates and probes of readiness depend on it", reserved)
		}
	}
	for i, header := range match.Headers {
		if isServings(string(header.Name)) {
			return fmt.Sprintf(".headers[%d]", i), fmt.Sprintf("header %s belongs to Knative", header.Name)
		}
	}
	if field, why := checkFeatures(match, gateway); why != "" {
		return field, why
	}
	if strings.TrimSuffix(path, "/") == "" {
		return checkRoot(match)
	}
	return "", ""
}

// checkRoot refuses a match of / that would take the probes of the frontend's own routes, so that these were
// never proven: its type, method or number of headers would come before those of the probe.
func checkRoot(match gatewayv1.HTTPRouteMatch) (field, why string) {
	switch {
	case *match.Path.Type == gatewayv1.PathMatchExact:
		return ".path", "Exact / would take the probes of readiness: use PathPrefix"
	case match.Method != nil && *match.Method == gatewayv1.HTTPMethodGet:
		return ".method", "GET / would take the probes of readiness: match headers or another path"
	}
	for i, header := range match.Headers {
		if header.Type != nil && *header.Type != gatewayv1.HeaderMatchExact || strings.EqualFold(string(header.Name), "User-Agent") {
			return fmt.Sprintf(".headers[%d]", i), "with path / it may take the probes of readiness: use a value of type Exact, and not of User-Agent"
		}
	}
	return "", ""
}

func checkFeatures(match gatewayv1.HTTPRouteMatch, gateway input.Gateway) (field, why string) {
	switch {
	case match.Method != nil && !gateway.Features.Has(gwfeatures.SupportHTTPRouteMethodMatching):
		return ".method", lacks(gateway, gwfeatures.SupportHTTPRouteMethodMatching)
	case len(match.QueryParams) > 0 && !gateway.Features.Has(gwfeatures.SupportHTTPRouteQueryParamMatching):
		return ".queryParams", lacks(gateway, gwfeatures.SupportHTTPRouteQueryParamMatching)
	}
	return "", ""
}

func lacks(gateway input.Gateway, feature gwfeatures.FeatureName) string {
	return fmt.Sprintf("Gateway %s is not known to support %s", gateway.Name, feature)
}

// isServings tells that a header is one by which Knative finds a Revision or marks requests. A client or a
// route that chose it would choose Revisions of others.
func isServings(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "k-") || strings.HasPrefix(name, "knative-")
}
