// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// AvailableListeners are the listeners of a Gateway, with what one KIngress may do with them.
type AvailableListeners struct {
	Listeners []gatewayv1.Listener
	// Held are those that the KIngress has added.
	Held sets.Set[gatewayv1.SectionName]
	// Attachable are those to which HTTPRoutes of its namespace can be attached.
	Attachable sets.Set[gatewayv1.SectionName]
	// Usable are those that terminate TLS and admit HTTPRoutes of its namespace.
	Usable sets.Set[gatewayv1.SectionName]
	// Programmed are those that the gateway reports as Programmed at the present generation.
	Programmed sets.Set[gatewayv1.SectionName]
}

// AvailableListenersOf are those of a Gateway for the KIngress of that UID.
func AvailableListenersOf(gateway *gatewayv1.Gateway, uid types.UID, tenant Tenant) AvailableListeners {
	found := AvailableListeners{
		Listeners: gateway.Spec.Listeners, Held: HeldListeners(gateway, uid),
		Attachable: sets.New[gatewayv1.SectionName](), Usable: sets.New[gatewayv1.SectionName](), Programmed: programmedListeners(gateway),
	}
	for _, listener := range gateway.Spec.Listeners {
		if !tenant.attaches(listener, gateway) {
			continue
		}
		if terminates(listener) {
			found.Usable.Insert(listener.Name)
		}
		if terminates(listener) || listener.Protocol == gatewayv1.HTTPProtocolType {
			found.Attachable.Insert(listener.Name)
		}
	}
	return found
}

func programmedListeners(gateway *gatewayv1.Gateway) sets.Set[gatewayv1.SectionName] {
	found := sets.New[gatewayv1.SectionName]()
	for _, status := range gateway.Status.Listeners {
		if Programmed(status.Conditions, gateway.Generation) {
			found.Insert(status.Name)
		}
	}
	return found
}

func terminates(listener gatewayv1.Listener) bool {
	return listener.Protocol == gatewayv1.HTTPSProtocolType &&
		(listener.TLS == nil || listener.TLS.Mode == nil || *listener.TLS.Mode == gatewayv1.TLSModeTerminate)
}

// HTTPSPort is the port of listeners that KIngresses add to a Gateway: that of the HTTPS listeners of the Gateway's owner,
// first of those that admit routes of the namespace; else the one that clients reach at 443.
func HTTPSPort(gateway *gatewayv1.Gateway, tenant Tenant, service *corev1.Service, slicesOf []*discoveryv1.EndpointSlice) int32 {
	owners := slices.DeleteFunc(slices.Clone(gateway.Spec.Listeners), func(listener gatewayv1.Listener) bool {
		return listener.Protocol != gatewayv1.HTTPSProtocolType || strings.HasSuffix(string(listener.Name), ListenerSuffix)
	})
	if len(owners) == 0 {
		return listenerPort(defaultHTTPSPort, gateway, service, slicesOf)
	}
	return slices.MinFunc(owners, func(a, b gatewayv1.Listener) int {
		return first(tenant.attaches(a, gateway), tenant.attaches(b, gateway))
	}).Port
}
