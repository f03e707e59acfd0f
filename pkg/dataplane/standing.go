// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// ListenerSuffix ends the names of the listeners that KIngresses have on Gateways.
const ListenerSuffix = ".net-gateways"

// ListenerDigest is what tells the listeners of a KIngress of that UID from those of others.
func ListenerDigest(uid types.UID) string {
	digest := sha256.Sum256([]byte(uid))
	return hex.EncodeToString(digest[:4])
}

// ListenerSuffixOf ends the names of the listeners of the KIngress of that UID.
func ListenerSuffixOf(uid types.UID) string { return "." + ListenerDigest(uid) + ListenerSuffix }

// ListenerOwner is the ListenerDigest in the name of a listener; empty when no KIngress has put it
// there.
func ListenerOwner(name gatewayv1.SectionName) string {
	before, ours := strings.CutSuffix(string(name), ListenerSuffix)
	if !ours {
		return ""
	}
	return before[strings.LastIndex(before, ".")+1:]
}

// ListenerManager is the field manager under which a KIngress has its listeners on
// Gateways. Each has its own, so that an apply takes away nobody else's.
func ListenerManager(uid types.UID) string { return "net-gateways-" + string(uid) }

// Standing is what a Gateway has for listeners, as one KIngress sees it.
type Standing struct {
	Listeners []gatewayv1.Listener
	// Held are those that the KIngress has put there.
	Held sets.Set[gatewayv1.SectionName]
	// Attachable are those to which HTTPRoutes of its namespace can be attached.
	Attachable sets.Set[gatewayv1.SectionName]
	// Usable are those that end TLS and admit HTTPRoutes of its namespace.
	Usable sets.Set[gatewayv1.SectionName]
	// Programmed are those of which the gateway says that they work, as they stand.
	Programmed sets.Set[gatewayv1.SectionName]
}

// StandingOf reads the listeners of a Gateway for a KIngress of that UID.
func StandingOf(gateway *gatewayv1.Gateway, uid types.UID, tenant Tenant) Standing {
	found := Standing{
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

// programmedListeners are those of which the gateway says that they work, as the Gateway
// stands.
func programmedListeners(gateway *gatewayv1.Gateway) sets.Set[gatewayv1.SectionName] {
	found := sets.New[gatewayv1.SectionName]()
	for _, status := range gateway.Status.Listeners {
		if Programmed(status.Conditions, gateway.Generation) {
			found.Insert(status.Name)
		}
	}
	return found
}

// HeldListeners are the listeners of a Gateway that the KIngress of that UID has put there: those that
// its field manager owns, and those with its name which nobody applies. The API server's record of who
// owns what gets lost, by a backup that is restored or by a client that clears it.
func HeldListeners(gateway *gatewayv1.Gateway, uid types.UID) sets.Set[gatewayv1.SectionName] {
	held := OwnedListeners(gateway, uid)
	for _, listener := range gateway.Spec.Listeners {
		if strings.HasSuffix(string(listener.Name), ListenerSuffixOf(uid)) && !held.Has(listener.Name) && !isApplied(gateway, listener.Name) {
			held.Insert(listener.Name)
		}
	}
	return held
}

// isApplied tells whether a field manager says by server-side apply that a listener is to be there.
func isApplied(gateway *gatewayv1.Gateway, listener gatewayv1.SectionName) bool {
	return slices.ContainsFunc(gateway.ManagedFields, func(entry metav1.ManagedFieldsEntry) bool {
		return entry.Operation == metav1.ManagedFieldsOperationApply && listenersIn(entry).Has(listener)
	})
}

// OwnedListeners are those that the field manager of the KIngress owns. A server-side apply takes
// away no others.
func OwnedListeners(gateway *gatewayv1.Gateway, uid types.UID) sets.Set[gatewayv1.SectionName] {
	found := sets.New[gatewayv1.SectionName]()
	for _, entry := range gateway.ManagedFields {
		if entry.Manager == ListenerManager(uid) {
			found = found.Union(listenersIn(entry))
		}
	}
	return found
}

// listenersIn are the listeners of a Gateway in the fields of one manager.
func listenersIn(entry metav1.ManagedFieldsEntry) sets.Set[gatewayv1.SectionName] {
	found, fields := sets.New[gatewayv1.SectionName](), &fieldpath.Set{}
	if entry.Subresource != "" || entry.FieldsV1 == nil || fields.FromJSON(bytes.NewReader(entry.FieldsV1.Raw)) != nil {
		return found
	}
	listeners := fields.WithPrefix(fieldpath.PathElement{FieldName: new("spec")}).WithPrefix(fieldpath.PathElement{FieldName: new("listeners")})
	listeners.Iterate(func(path fieldpath.Path) {
		if len(path) == 0 || path[0].Key == nil {
			return
		}
		for _, key := range *path[0].Key {
			if key.Name == "name" && key.Value.IsString() {
				found.Insert(gatewayv1.SectionName(key.Value.AsString()))
			}
		}
	})
	return found
}

func terminates(listener gatewayv1.Listener) bool {
	return listener.Protocol == gatewayv1.HTTPSProtocolType &&
		(listener.TLS == nil || listener.TLS.Mode == nil || *listener.TLS.Mode == gatewayv1.TLSModeTerminate)
}

// HTTPSPort is the port of listeners that are added to a Gateway: that of the HTTPS listeners
// that its owner has there, of those that admit routes of the namespace if there are any; else that which clients reach
// at 443.
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
