// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// ListenerSuffix ends the names of the listeners that KIngresses add to Gateways.
const ListenerSuffix = ".net-gateways"

// ListenerDigest is the part of a listener's name that names the KIngress of that UID.
func ListenerDigest(uid types.UID) string {
	digest := sha256.Sum256([]byte(uid))
	return hex.EncodeToString(digest[:4])
}

// ListenerSuffixOf ends the names of the listeners of the KIngress of that UID.
func ListenerSuffixOf(uid types.UID) string { return "." + ListenerDigest(uid) + ListenerSuffix }

// ListenerOwner is the ListenerDigest in the name of a listener; empty when no KIngress has added it.
func ListenerOwner(name gatewayv1.SectionName) string {
	before, ours := strings.CutSuffix(string(name), ListenerSuffix)
	if !ours {
		return ""
	}
	return before[strings.LastIndex(before, ".")+1:]
}

// ListenerManager is the field manager of a KIngress's listeners on Gateways. Each KIngress has its
// own, so that an apply does not remove the listeners of others.
func ListenerManager(uid types.UID) string { return "net-gateways-" + string(uid) }

// HeldListeners are the listeners that the KIngress of that UID has added to a Gateway: those that its
// field manager owns, and those with its suffix that no field manager applies. (The managed fields of a
// Gateway get lost when a backup is restored or a client clears them.)
func HeldListeners(gateway *gatewayv1.Gateway, uid types.UID) sets.Set[gatewayv1.SectionName] {
	held := OwnedListeners(gateway, uid)
	for _, listener := range gateway.Spec.Listeners {
		if strings.HasSuffix(string(listener.Name), ListenerSuffixOf(uid)) && !held.Has(listener.Name) && !isApplied(gateway, listener.Name) {
			held.Insert(listener.Name)
		}
	}
	return held
}

// isApplied tells whether a field manager owns a listener by server-side apply.
func isApplied(gateway *gatewayv1.Gateway, listener gatewayv1.SectionName) bool {
	return slices.ContainsFunc(gateway.ManagedFields, func(entry metav1.ManagedFieldsEntry) bool {
		return entry.Operation == metav1.ManagedFieldsOperationApply && listenersIn(entry).Has(listener)
	})
}

// OwnedListeners are those that the field manager of the KIngress owns, the only ones that a server-side
// apply can remove.
func OwnedListeners(gateway *gatewayv1.Gateway, uid types.UID) sets.Set[gatewayv1.SectionName] {
	found := sets.New[gatewayv1.SectionName]()
	for _, entry := range gateway.ManagedFields {
		if entry.Manager == ListenerManager(uid) {
			found = found.Union(listenersIn(entry))
		}
	}
	return found
}

// listenersIn are the listeners of a Gateway among the fields of one manager.
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
