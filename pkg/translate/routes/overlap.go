// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// attached cuts a set where its hosts have to name different listeners of the Gateway (SPEC B-TRN-8).
func (r Renderer) attached(set attachment, gateway input.Gateway) []attachment {
	bySections := map[string]*attachment{}
	for _, host := range set.Hosts {
		sections := r.overlapping(host, set.over, gateway)
		key := strings.Join(sections, ",")
		if bySections[key] == nil {
			bySections[key] = &attachment{RuleSet: set.Of(nil, set.Rules), over: set.over, sections: sections}
		}
		bySections[key].Hosts = append(bySections[key].Hosts, host)
	}
	cut := make([]attachment, 0, len(bySections))
	for _, key := range slices.Sorted(maps.Keys(bySections)) {
		cut = append(cut, *bySections[key])
	}
	return cut
}

// overlapping are the listeners to name for a host where a parentRef without a section would attach it to two of one
// port: of each port one for plain HTTP, and all that end TLS. Envoy Gateway 1.9 serves plain HTTP on one port from one
// table, has the host in there twice then, and Envoy refuses the table with all of its hosts
// (https://github.com/envoyproxy/gateway/issues/9895). TLS listeners have a table each.
func (r Renderer) overlapping(host string, over over, gateway input.Gateway) []string {
	if gateway.Section != "" || over == onlyHTTPS {
		return nil
	}
	plain, named := map[gatewayv1.PortNumber][]gatewayv1.Listener{}, []string{}
	standing, overlap := r.in.Standing[gateway.Name], false
	for _, listener := range standing.Listeners {
		switch {
		case !standing.Attachable.Has(listener.Name) || !dataplane.Admits(dataplane.HostnameOf(listener), host):
		case listener.Protocol != gatewayv1.HTTPProtocolType:
			if over != onlyHTTP {
				named = append(named, string(listener.Name))
			}
		default:
			overlap = overlap || len(plain[listener.Port]) > 0
			plain[listener.Port] = append(plain[listener.Port], listener)
		}
	}
	if !overlap {
		return nil
	}
	for _, listeners := range plain {
		named = append(named, string(r.preferred(host, listeners, gateway).Name))
	}
	slices.Sort(named)
	return named
}

// preferred is the most specific of listeners that overlap. Where the gateway serves a host from whichever of them its
// route is attached to, a host that is served stays: at the listener that its route names, or at the least specific one,
// beside which the others were added. When they go again, nothing that is served was theirs.
func (r Renderer) preferred(host string, listeners []gatewayv1.Listener, gateway input.Gateway) gatewayv1.Listener {
	bySpecificity := func(a, b gatewayv1.Listener) int {
		return cmp.Compare(dataplane.Specificity(dataplane.HostnameOf(a)), dataplane.Specificity(dataplane.HostnameOf(b)))
	}
	if sections := r.sectionsOf(host, gateway); gateway.Merges && sections.Len() > 0 {
		stays := slices.DeleteFunc(slices.Clone(listeners), func(listener gatewayv1.Listener) bool {
			return !sections.HasAny(listener.Name, everySection)
		})
		if len(stays) > 0 {
			return slices.MinFunc(stays, bySpecificity)
		}
	}
	return slices.MaxFunc(listeners, bySpecificity)
}

// sectionsOf are those of the Gateway that the routes of a host name, as they stand.
func (r Renderer) sectionsOf(host string, gateway input.Gateway) sets.Set[gatewayv1.SectionName] {
	found := sets.New[gatewayv1.SectionName]()
	for _, name := range r.serving[gatewayv1.Hostname(host)] {
		route := r.in.Routes[name]
		for _, ref := range route.Spec.ParentRefs {
			if dataplane.GatewayBehind(ref, route.Namespace, nil) == gateway.Name {
				found.Insert(sectionOf(ref))
			}
		}
	}
	return found
}
