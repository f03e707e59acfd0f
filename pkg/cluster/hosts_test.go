// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
)

func TestHostAndWildcards(t *testing.T) {
	for host, want := range map[string][]string{
		"a.b.example": {"a.b.example", "*.b.example", "*.example"},
		"*.b.example": {"*.b.example", "*.example"},
		"*.example":   {"*.example"},
		"example":     {"example"},
		"":            {""},
	} {
		expect(t, host, want, cluster.HostAndWildcards(host))
	}
}

// ofKIngress labels the HTTPRoutes of a KIngress.
var ofKIngress = map[string]string{"networking.internal.knative.dev/ingress": "hello"}

func routeFor(name string, labels map[string]string, hosts ...gatewayv1.Hostname) *gatewayv1.HTTPRoute {
	route := &gatewayv1.HTTPRoute{ObjectMeta: named("default", name, labels)}
	route.Spec.Hostnames = hosts
	return route
}

// TestRoutesAt: B-TRN-7, the HTTPRoutes of all owners at a host, and at a wildcard those that come before it.
func TestRoutesAt(t *testing.T) {
	objects := []runtime.Object{
		routeFor("ours", ofKIngress, "hello.default.example.com"),
		routeFor("theirs", nil, "other.example.com", "hello.default.example.com"),
		routeFor("wildcard", nil, "*.default.example.com"),
		routeFor("all", nil),
	}
	for host, want := range map[string][]string{
		"hello.default.example.com": {"default/ours", "default/theirs"},
		"other.example.com":         {"default/theirs"},
		"more.default.example.com":  {},
		"*.default.example.com":     {"default/ours", "default/theirs", "default/wildcard"},
		"*.example.com":             {"default/ours", "default/theirs", "default/wildcard"},
		"default.example.com":       {},
	} {
		inBubble(t, host, objects, func(t *testing.T, f *fixture) {
			found, err := f.RoutesAt(t.Context(), host)
			must(t, err)
			expect(t, "HTTPRoutes", want, namesOf(found))
		})
	}
	inBubble(t, "they cannot be read", objects, func(t *testing.T, f *fixture) {
		f.refuse("httproutes")
		_, err := f.RoutesAt(t.Context(), "other.example.com")
		expect(t, "Error", "HTTPRoutes of others: httproutes is forbidden: no right", textOf(err))
	})
}
