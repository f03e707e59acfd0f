// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"
)

// GatewayListeners are the listeners that a KIngress should have on a Gateway, sorted by
// name. Without any it leaves the Gateway.
type GatewayListeners struct {
	Gateway   types.NamespacedName
	Listeners []gatewayv1.Listener
}

// gatewayListeners are the listeners on Gateways, and the ReferenceGrants that they need:
// those of the hosts, and as they stand those of Gateways that routes are still leaving.
func (r renderer) gatewayListeners(routes []Route) ([]GatewayListeners, []*gatewayv1beta1.ReferenceGrant) {
	wanted, unlisted := map[types.NamespacedName]map[gatewayv1.SectionName]gatewayv1.Listener{}, map[place]time.Time{}
	for gateway, standing := range r.in.Standing {
		if standing.Held.Len() == 0 {
			continue
		}
		wanted[gateway] = map[gatewayv1.SectionName]gatewayv1.Listener{}
		if slices.ContainsFunc(routes, func(route Route) bool { return slices.Contains(route.Leaving, gateway.String()) }) {
			for _, listener := range standing.Listeners {
				if standing.Held.Has(listener.Name) {
					wanted[gateway][listener.Name] = onlyOurs(listener)
				}
			}
		}
	}
	for _, visibility := range visibilities {
		gateway := r.listeners[visibility].gateway.Name
		for _, listener := range r.listeners[visibility].own {
			if wanted[gateway] == nil {
				wanted[gateway] = map[gatewayv1.SectionName]gatewayv1.Listener{}
			}
			wanted[gateway][listener.Name] = listener
		}
		maps.Copy(unlisted, r.listeners[visibility].unlisted)
	}
	found, grants := []GatewayListeners{}, map[string]*gatewayv1beta1.ReferenceGrant{}
	for gateway, named := range wanted {
		var listeners []gatewayv1.Listener
		for _, name := range sortedKeys(named) {
			listeners = append(listeners, named[name])
		}
		found = append(found, GatewayListeners{Gateway: gateway, Listeners: listeners})
		for _, listener := range listeners {
			r.grant(grants, gateway, listener, unlisted)
		}
	}
	slices.SortFunc(found, func(a, b GatewayListeners) int { return strings.Compare(a.Gateway.String(), b.Gateway.String()) })
	sorted := []*gatewayv1beta1.ReferenceGrant{}
	for _, name := range sortedKeys(grants) {
		sorted = append(sorted, grants[name])
	}
	return found, sorted
}

// grant lets the Gateways of a namespace read the certificate of a listener. It also
// remembers since when the listener is not in spec.tls: nothing else of ours does.
func (r renderer) grant(grants map[string]*gatewayv1beta1.ReferenceGrant, gateway types.NamespacedName, listener gatewayv1.Listener, unlisted map[place]time.Time) {
	for _, ref := range certificatesOf(listener) {
		name := grantName(r.in.Ingress.Name, gateway, ref.Name)
		if grants[name] == nil {
			grants[name] = &gatewayv1beta1.ReferenceGrant{ObjectMeta: objectMeta(r.in.Ingress, name, referenceGrant), Spec: gatewayv1beta1.ReferenceGrantSpec{
				From: []gatewayv1beta1.ReferenceGrantFrom{{Group: gatewayv1.GroupName, Kind: "Gateway", Namespace: gatewayv1.Namespace(gateway.Namespace)}},
				To:   []gatewayv1beta1.ReferenceGrantTo{{Kind: "Secret", Name: new(ref.Name)}},
			}}
		}
		if since, found := unlisted[place{name: string(listener.Name)}]; found {
			known := unlistedOf(grants[name])
			known[string(listener.Name)] = since
			grants[name].Annotations[unlistedAnnotation] = encodeUnlisted(known)
		}
	}
}

// grantName is another one for each Gateway and Secret.
func grantName(ingress string, gateway types.NamespacedName, secret gatewayv1.ObjectName) string {
	digest := sha256.Sum256([]byte(gateway.String() + "\x00" + string(secret)))
	return shortened(ingress, fmt.Sprintf("-%x", digest)[:9])
}

// unlistedOnGateway are the listeners with the certificate of this one that are not in
// spec.tls any more, as its grant remembers.
func (l *listeners) unlistedOnGateway(listener gatewayv1.Listener) map[string]time.Time {
	for _, ref := range certificatesOf(listener) {
		if grant := l.in.Grants[grantName(l.in.Ingress.Name, l.gateway.Name, ref.Name)]; grant != nil {
			return unlistedOf(grant)
		}
	}
	return nil
}
