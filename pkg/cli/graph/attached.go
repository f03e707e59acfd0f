// SPDX-License-Identifier: Apache-2.0

package graph

import (
	"slices"
	"strings"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/cli/examine"
	"github.com/net-gateways/net-gateways/pkg/cli/paths"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
)

// attached are the HTTPRoutes whose parent is the owner of a KIngress. Only a KIngress that has such is examined.
func (d *drawing) attached(ing *v1alpha1.Ingress) ([]paths.Route, error) {
	if parent, is := attached.FrontendOf(ing); !is || !d.parents.Has(parent) {
		return nil, nil
	}
	found, err := examine.Examine(d.reader, ing, d.now)
	if err != nil {
		return nil, err
	}
	return paths.Of(found), nil
}

// at are the routes with the paths of a host. One that is refused as a whole stands at each host.
func at(host string, all []paths.Route) (found []paths.Route) {
	for _, route := range all {
		own := route
		own.Paths = slices.DeleteFunc(slices.Clone(route.Paths), func(path paths.Path) bool { return !slices.Contains(path.Hosts, host) })
		for i := range own.Paths {
			own.Paths[i].Hosts = []string{host}
		}
		if len(own.Paths) > 0 || len(route.Paths) == 0 {
			found = append(found, own)
		}
	}
	return found
}

// trouble says what is not served of an attached route as it is written; empty if all is.
func trouble(route paths.Route) string {
	said := []string{}
	for _, problem := range route.Problems {
		said = append(said, problem.Reason+": "+problem.Message)
	}
	if _, state := route.State(); len(said) == 0 && !route.Served() {
		said = append(said, state)
	}
	if len(said) == 0 {
		return ""
	}
	return "✗ " + strings.Join(said, "; ")
}
