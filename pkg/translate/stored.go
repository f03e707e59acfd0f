// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// storedListeners tells what ListenerSets have for a hostname, as they stand: the KIngress's own
// and those that it shares.
type storedListeners struct {
	sets []string
	// programmed tells that a listener works, ownProgrammed that one does which is not shared, and
	// own that there is such a one.
	programmed, ownProgrammed, own bool
}

// storedOn reads the ListenerSets on a Gateway, by the hostnames of their listeners.
func storedOn(gateway Gateway, all map[string]*gatewayv1.ListenerSet) map[string]storedListeners {
	found := map[string]storedListeners{}
	for name, set := range all {
		if !isOn(gateway, set) {
			continue
		}
		programmed, shared := programmedIn(set), isShared(set)
		for hostname, entry := range byHostname(set.Spec.Listeners) {
			known, works := found[hostname], programmed.Has(entry.Name)
			found[hostname] = storedListeners{
				sets:       append(known.sets, name),
				programmed: known.programmed || works, ownProgrammed: known.ownProgrammed || works && !shared, own: known.own || !shared,
			}
		}
	}
	return found
}

// isOn tells whether a ListenerSet is on the Gateway; without a name none is.
func isOn(gateway Gateway, set *gatewayv1.ListenerSet) bool {
	ref := gatewayv1.ParentReference{Namespace: set.Spec.ParentRef.Namespace, Name: set.Spec.ParentRef.Name}
	return gateway.Name.Name != "" && gatewayOf(ref, set.Namespace) == gateway.Name.String()
}

// programmedIn are the listeners that work, as the ListenerSet stands.
func programmedIn(set *gatewayv1.ListenerSet) sets.Set[gatewayv1.SectionName] {
	works, known := sets.New[gatewayv1.SectionName](), sets.New[gatewayv1.SectionName]()
	if set == nil {
		return works
	}
	for _, status := range set.Status.Listeners {
		condition := meta.FindStatusCondition(status.Conditions, string(gatewayv1.ListenerEntryConditionProgrammed))
		if condition == nil || known.Has(status.Name) {
			continue
		}
		known.Insert(status.Name)
		if condition.Status == metav1.ConditionTrue && condition.ObservedGeneration >= set.Generation {
			works.Insert(status.Name)
		}
	}
	return works
}
