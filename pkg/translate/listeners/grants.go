// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// GatewayListeners are the listeners that a KIngress should have on a Gateway, sorted by name. If the
// list is empty, the stored ones are removed.
type GatewayListeners struct {
	Gateway   types.NamespacedName
	Listeners []gatewayv1.Listener
}

// grants let the Gateways of a namespace read the certificates of the KIngress's listeners, sorted by
// name. Their annotation has since when listeners on the Gateway have been draining, because the KIngress
// has no other object for it.
func (p Plan) grants(in input.Input, gateways []GatewayListeners) []*gatewayv1beta1.ReferenceGrant {
	if len(gateways) == 0 {
		return nil
	}
	draining, grants := map[place]time.Time{}, map[string]*gatewayv1beta1.ReferenceGrant{}
	for _, visibility := range config.Visibilities {
		maps.Copy(draining, p.at[visibility].draining)
	}
	for _, on := range gateways {
		for _, listener := range on.Listeners {
			for _, ref := range certificatesOf(listener) {
				name := names.Grant(in.Ingress.Name, on.Gateway, ref.Name)
				if grants[name] == nil {
					grants[name] = &gatewayv1beta1.ReferenceGrant{ObjectMeta: names.OfGrant(in.Ingress, name), Spec: gatewayv1beta1.ReferenceGrantSpec{
						From: []gatewayv1beta1.ReferenceGrantFrom{{Group: gatewayv1.GroupName, Kind: "Gateway", Namespace: gatewayv1.Namespace(on.Gateway.Namespace)}},
						To:   []gatewayv1beta1.ReferenceGrantTo{{Kind: "Secret", Name: new(ref.Name)}},
					}}
				}
				if since, found := draining[place{name: string(listener.Name)}]; found {
					known := drainingOf(grants[name])
					known[string(listener.Name)] = since
					grants[name].Annotations[names.DrainingAnnotation] = encodeDraining(known)
				}
			}
		}
	}
	sorted := []*gatewayv1beta1.ReferenceGrant{}
	for _, name := range slices.Sorted(maps.Keys(grants)) {
		sorted = append(sorted, grants[name])
	}
	return sorted
}
