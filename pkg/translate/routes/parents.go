// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"cmp"
	"slices"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// parents are the parentRefs of a route at its own Gateway. The Gateway itself comes first if it is one
// of them.
func (r Renderer) parents(set part, gateway input.Gateway) []gatewayv1.ParentReference {
	placed := r.plan.At(set.Visibility)
	sections := atSections(gateway, placed.Sections(set.Hosts))
	secure := listenerSetRefs(r.in.Ingress.Namespace, placed.Sets(set.Hosts))
	switch set.protocols {
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

// httpListeners are the HTTP listeners that admit one of the hosts, because a gateway refuses a route at
// a section that admits none. If no section does, they are all, so that the gateway reports it.
func (r Renderer) httpListeners(hosts []string, gateway input.Gateway) []string {
	strange := []string{}
	for _, listener := range r.in.AvailableListeners[gateway.Name].Listeners {
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

// refsOf are the stored parentRefs with which a route is attached to Gateways.
func (r Renderer) refsOf(name string, gateways []string) []gatewayv1.ParentReference {
	current := r.in.Routes[name]
	if current == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(current.Spec.ParentRefs), func(ref gatewayv1.ParentReference) bool {
		return !slices.Contains(gateways, dataplane.GatewayBehind(ref, current.Namespace, r.in.ListenerSets).String())
	})
}

func parentRef(gateway input.Gateway) gatewayv1.ParentReference {
	ref := gatewayv1.ParentReference{
		Group:     new(gatewayv1.Group(gatewayv1.GroupName)),
		Kind:      new(gatewayv1.Kind("Gateway")),
		Namespace: new(gatewayv1.Namespace(gateway.Name.Namespace)),
		Name:      gatewayv1.ObjectName(gateway.Name.Name),
	}
	if gateway.Section != "" {
		ref.SectionName = new(gatewayv1.SectionName(gateway.Section))
	}
	return ref
}

// atSections are the parentRefs for sections of the Gateway.
func atSections(gateway input.Gateway, sections []string) []gatewayv1.ParentReference {
	refs := make([]gatewayv1.ParentReference, 0, len(sections))
	for _, section := range sections {
		at := gateway
		at.Section = section
		refs = append(refs, parentRef(at))
	}
	return refs
}

// everySection stands for a parentRef without a section.
const everySection gatewayv1.SectionName = ""

func sectionOf(ref gatewayv1.ParentReference) gatewayv1.SectionName {
	if ref.SectionName == nil {
		return everySection
	}
	return *ref.SectionName
}

// listenerSetRefs are the parentRefs for ListenerSets of the KIngress's namespace.
func listenerSetRefs(namespace string, names []string) []gatewayv1.ParentReference {
	refs := make([]gatewayv1.ParentReference, 0, len(names))
	for _, name := range names {
		refs = append(refs, gatewayv1.ParentReference{
			Group: new(gatewayv1.Group(gatewayv1.GroupName)), Kind: new(dataplane.KindListenerSet),
			Namespace: new(gatewayv1.Namespace(namespace)), Name: gatewayv1.ObjectName(name),
		})
	}
	return refs
}

// attached cuts a set into one for each list of listeners that its hosts have to name (SPEC B-TRN-8).
func (r Renderer) attached(set attachment, gateway input.Gateway) []attachment {
	if gateway.Section != "" || set.protocols == onlyHTTPS || !sharePort(r.in.AvailableListeners[gateway.Name]) {
		return []attachment{set}
	}
	cut := []attachment{}
	for _, host := range set.Hosts {
		sections := r.overlapping(host, set.protocols, gateway)
		at := slices.IndexFunc(cut, func(other attachment) bool { return slices.Equal(other.sections, sections) })
		if at < 0 {
			at, cut = len(cut), append(cut, attachment{RuleSet: set.Of(nil, set.Rules), protocols: set.protocols, sections: sections})
		}
		cut[at].Hosts = append(cut[at].Hosts, host)
	}
	slices.SortFunc(cut, func(a, b attachment) int { return slices.Compare(a.sections, b.sections) })
	return cut
}

// sharePort tells whether two listeners for plain HTTP are on one port: only these can overlap.
func sharePort(available dataplane.AvailableListeners) bool {
	ports := make([]gatewayv1.PortNumber, 0, 4)
	for i := range available.Listeners {
		if listener := &available.Listeners[i]; listener.Protocol == gatewayv1.HTTPProtocolType {
			if slices.Contains(ports, listener.Port) {
				return true
			}
			ports = append(ports, listener.Port)
		}
	}
	return false
}

// overlapping are the listeners to name for a host that a parentRef without a section would attach to two
// listeners of one port: of each port one for plain HTTP, and all for TLS. Envoy Gateway 1.9 has one
// table for plain HTTP on a port. It would have the host twice, and Envoy would refuse the table with all
// of its hosts (https://github.com/envoyproxy/gateway/issues/9895). Each TLS listener has a table of its
// own.
func (r Renderer) overlapping(host string, protocols protocols, gateway input.Gateway) []string {
	plain, named := map[gatewayv1.PortNumber][]gatewayv1.Listener{}, []string{}
	available, overlap := r.in.AvailableListeners[gateway.Name], false
	for _, listener := range available.Listeners {
		switch {
		case !available.Attachable.Has(listener.Name) || !dataplane.Admits(dataplane.HostnameOf(listener), host):
		case listener.Protocol != gatewayv1.HTTPProtocolType:
			if protocols != onlyHTTP {
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

// preferred is the most specific of listeners that overlap. But if the gateway serves a host from any of
// them, a host that is served already stays at the listener that its route names, or else at the least
// specific one, beside which the others were added. So no served host depends on these if they are
// removed again.
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

// sectionsOf are the Gateway's sections that the stored routes of a host name.
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
