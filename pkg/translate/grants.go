// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"time"

	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// grants let the Gateways of a namespace read the certificates of the KIngress's listeners, sorted
// by name. They also remember since when a listener is not in spec.tls: no other object of the
// KIngress does.
func (p listenerPlan) grants(in Input, gateways []GatewayListeners) []*gatewayv1beta1.ReferenceGrant {
	draining, grants := map[place]time.Time{}, map[string]*gatewayv1beta1.ReferenceGrant{}
	for _, visibility := range config.Visibilities {
		maps.Copy(draining, p.at[visibility].draining)
	}
	for _, on := range gateways {
		for _, listener := range on.Listeners {
			for _, ref := range certificatesOf(listener) {
				name := grantName(in.Ingress.Name, on.Gateway, ref.Name)
				if grants[name] == nil {
					grants[name] = &gatewayv1beta1.ReferenceGrant{ObjectMeta: objectMeta(in.Ingress, name, referenceGrant), Spec: gatewayv1beta1.ReferenceGrantSpec{
						From: []gatewayv1beta1.ReferenceGrantFrom{{Group: gatewayv1.GroupName, Kind: "Gateway", Namespace: gatewayv1.Namespace(on.Gateway.Namespace)}},
						To:   []gatewayv1beta1.ReferenceGrantTo{{Kind: "Secret", Name: new(ref.Name)}},
					}}
				}
				if since, found := draining[place{name: string(listener.Name)}]; found {
					known := unlistedOf(grants[name])
					known[string(listener.Name)] = since
					grants[name].Annotations[unlistedAnnotation] = encodeUnlisted(known)
				}
			}
		}
	}
	sorted := []*gatewayv1beta1.ReferenceGrant{}
	for _, name := range sortedKeys(grants) {
		sorted = append(sorted, grants[name])
	}
	return sorted
}

// grantName is another one for each Gateway and Secret.
func grantName(ingress string, gateway types.NamespacedName, secret gatewayv1.ObjectName) string {
	digest := sha256.Sum256([]byte(gateway.String() + "\x00" + string(secret)))
	return shortened(ingress, fmt.Sprintf("-%x", digest)[:9])
}
