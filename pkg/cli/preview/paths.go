// SPDX-License-Identifier: Apache-2.0

package preview

import (
	"cmp"
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/paths"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
)

// PathChange is a match of some hosts whose requests go elsewhere than before.
type PathChange struct {
	Service    string `json:"service"`
	Visibility string `json:"visibility"`
	// HTTPRoute is the one that leads them there, or led them.
	HTTPRoute string   `json:"httpRoute"`
	Hosts     []string `json:"hosts"`
	Match     string   `json:"match"`
	// From and To are where they go, in words. One is empty if no HTTPRoute leads them elsewhere than the service does.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Refusal is something of an HTTPRoute that is then not served as it is written.
type Refusal struct {
	Service   string `json:"service,omitempty"`
	HTTPRoute string `json:"httpRoute"`
	paths.Problem
}

// led is a match of a host, and leading is who leads its requests where.
type (
	led     struct{ visibility, host, match string }
	leading struct{ route, to string }
)

// addPaths adds where attached HTTPRoutes lead requests elsewhere than before, and what of them is refused that was not. It tells
// whether there is anything.
func (r *Report) addPaths(service string, is, will []paths.Route) bool {
	before := len(r.Paths) + len(r.Refusals)
	order, _ := leads(slices.Concat(is, will))
	_, old := leads(is)
	_, next := leads(will)
	for _, at := range order {
		if old[at].to == next[at].to {
			continue
		}
		change := PathChange{Service: service, Visibility: at.visibility, Match: at.match, From: old[at].to, To: next[at].to}
		change.HTTPRoute = cmp.Or(next[at].route, old[at].route)
		r.addHost(change, at.host)
	}
	for _, route := range will {
		for _, problem := range route.Problems {
			if !has(is, route.HTTPRoute, problem) {
				r.Refusals = append(r.Refusals, Refusal{service, route.HTTPRoute, problem})
			}
		}
	}
	return len(r.Paths)+len(r.Refusals) > before
}

// leads is where routes lead the requests of which match of which host, and the matches in their order.
func leads(all []paths.Route) (order []led, found map[led]leading) {
	found = map[led]leading{}
	for _, route := range all {
		for _, path := range route.Paths {
			for _, host := range path.Hosts {
				at := led{path.Visibility, host, path.Matches()}
				if _, known := found[at]; !known {
					order = append(order, at)
				}
				found[at] = leading{route.HTTPRoute, path.Leads()}
			}
		}
	}
	return order, found
}

// addHost adds a host to an equal change, or that change.
func (r *Report) addHost(change PathChange, host string) {
	for i, known := range r.Paths {
		if same := known.Service == change.Service && known.Visibility == change.Visibility && known.HTTPRoute == change.HTTPRoute &&
			known.Match == change.Match && known.From == change.From && known.To == change.To; same {
			r.Paths[i].Hosts = append(r.Paths[i].Hosts, host)
			return
		}
	}
	change.Hosts = []string{host}
	r.Paths = append(r.Paths, change)
}

func has(all []paths.Route, name string, problem paths.Problem) bool {
	return slices.ContainsFunc(all, func(route paths.Route) bool {
		return route.HTTPRoute == name && slices.Contains(route.Problems, problem)
	})
}

// AddOrphans adds the parents of HTTPRoutes that have no KIngress which net-gateways serves.
func (r *Report) AddOrphans(reader *view.Reader, all []*gatewayv1.HTTPRoute) error {
	ingresses, err := reader.Ingresses()
	if err != nil {
		return err
	}
	parents := map[attached.Frontend]bool{}
	for _, ing := range ingresses {
		if parent, is := attached.FrontendOf(ing); is && view.Ours(ing) {
			parents[parent] = true
		}
	}
	for _, route := range all {
		for i, ref := range route.Spec.ParentRefs {
			parent, is := attached.FrontendAt(ref, route.Namespace)
			if !is || parents[parent] {
				continue
			}
			problem := paths.Problem{Effect: paths.Refused, Field: fmt.Sprintf("spec.parentRefs[%d]", i), Reason: string(gatewayv1.RouteReasonNoMatchingParent)}
			problem.Message = fmt.Sprintf("%s of namespace %s has no KIngress that net-gateways serves", paths.Owner(parent), parent.Namespace)
			r.Refusals = append(r.Refusals, Refusal{HTTPRoute: route.Namespace + "/" + route.Name, Problem: problem})
		}
	}
	return nil
}
