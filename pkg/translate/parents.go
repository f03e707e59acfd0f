// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// parents are what a route is attached to at its own Gateway. The Gateway comes first
// where it is one of them.
func (r renderer) parents(set chunk, gateway Gateway) []gatewayv1.ParentReference {
	placed := r.plan.At(set.Visibility)
	sections := atSections(gateway, placed.Sections(set.Hosts))
	secure := listenerSetRefs(r.in.Ingress.Namespace, placed.Sets(set.Hosts))
	switch set.over {
	case onlyHTTPS:
		return slices.Concat(sections, secure)
	case onlyHTTP:
		if len(set.sections) > 0 {
			return atSections(gateway, set.sections)
		}
		return atSections(gateway, r.httpListeners(set.Hosts, gateway))
	}
	if len(set.sections) > 0 {
		return slices.Concat(atSections(gateway, set.sections), secure)
	}
	refs := []gatewayv1.ParentReference{parentRef(gateway)}
	if gateway.Section != "" { // else it is all of them
		refs = append(refs, sections...)
	}
	return append(refs, secure...)
}

// httpListeners are the HTTP listeners that admit one of the hosts: a gateway refuses a route at
// a section that admits none. Where there is no such section it is to say so of all.
func (r renderer) httpListeners(hosts []string, gateway Gateway) []string {
	strange := []string{}
	for _, listener := range r.in.Standing[gateway.Name].Listeners {
		if !slices.ContainsFunc(hosts, func(host string) bool { return dataplane.Admits(dataplane.HostnameOf(listener), host) }) {
			strange = append(strange, string(listener.Name))
		}
	}
	admitting := slices.DeleteFunc(slices.Clone(gateway.HTTPListeners), func(section string) bool { return slices.Contains(strange, section) })
	if len(admitting) == 0 {
		return gateway.HTTPListeners
	}
	return admitting
}

// refsOf are the parentRefs with which a route is attached to Gateways, as they stand.
func (r renderer) refsOf(name string, gateways []string) []gatewayv1.ParentReference {
	current := r.in.Routes[name]
	if current == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(current.Spec.ParentRefs), func(ref gatewayv1.ParentReference) bool {
		return !slices.Contains(gateways, dataplane.GatewayBehind(ref, current.Namespace, r.in.ListenerSets).String())
	})
}
