// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"maps"
	"slices"
	"testing"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// B-TRN-10: the rules of stored HTTPRoutes are named after what they match, and keep their names when what they do
// changes.
func TestRuleNames_BTRN10(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	space.Backend(t, "hello")
	ing := space.KIngress("hello", nil)
	for i := range ing.Spec.Rules {
		all := ing.Spec.Rules[i].HTTP.Paths[0]
		api, tagged := all, all
		api.Path = "/api/v1"
		tagged.Headers = map[string]v1alpha1.HeaderMatch{tagHeader: {Exact: "blue"}}
		ing.Spec.Rules[i].HTTP.Paths = []v1alpha1.HTTPIngressPath{api, tagged, all}
	}
	cluster.KIngresses.Create(t, world.Cluster, ing)
	space.AwaitReady(t, "hello", cluster.Seconds)
	before := ruleNames(t, space)
	for route, names := range before {
		if want := []string{"default", "path-api.v1", "probe", "tag-blue"}; !slices.Equal(names, want) {
			t.Errorf("The rules of HTTPRoute %s are called %q, want %q", route, names, want)
		}
	}
	cluster.KIngresses.Update(t, world.Cluster, space.Name, "hello", func(ing *v1alpha1.Ingress) { mark(ing, "again") })
	space.AwaitReady(t, "hello", cluster.Seconds)
	if now := ruleNames(t, space); len(now) != 2 || !maps.EqualFunc(before, now, slices.Equal) {
		t.Errorf("The rules were called %q, and are called %q", before, now)
	}
}

// ruleNames are the sorted names of the rules of each HTTPRoute; "" for a rule without one.
func ruleNames(t *testing.T, space *fixture.Space) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, route := range routesOf(t, space) {
		for _, rule := range route.Spec.Rules {
			name := ""
			if rule.Name != nil {
				name = string(*rule.Name)
			}
			found[route.Name] = append(found[route.Name], name)
		}
		slices.Sort(found[route.Name])
	}
	return found
}
