// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// parents are what a route is attached to at its own Gateway. The Gateway comes first
// where it is one of them.
func (r Renderer) parents(set chunk, gateway input.Gateway) []gatewayv1.ParentReference {
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
func (r Renderer) httpListeners(hosts []string, gateway input.Gateway) []string {
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

// atSections attaches to those sections of the Gateway.
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

// listenerSetRefs attach to ListenerSets of the KIngress's namespace.
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
