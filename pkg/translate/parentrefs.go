// SPDX-License-Identifier: Apache-2.0

package translate

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

func parentRef(gateway Gateway) gatewayv1.ParentReference {
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
func atSections(gateway Gateway, sections []string) []gatewayv1.ParentReference {
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
