// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"iter"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// storedListeners describes the listeners of a hostname in stored ListenerSets: the KIngress's own and
// those that it shares.
type storedListeners struct {
	sets []string
	// programmed tells that one of them works, ownProgrammed that one works that is not shared, and own
	// that there is one that is not shared.
	programmed, ownProgrammed, own bool
}

// storedOn reads the ListenerSets on a Gateway, by the hostnames of their listeners.
func storedOn(gateway input.Gateway, all map[string]*gatewayv1.ListenerSet) map[string]storedListeners {
	found := map[string]storedListeners{}
	for name, set := range all {
		if !isOn(gateway, set) {
			continue
		}
		programmed, own := programmedIn(set), isOwn(set)
		for hostname, entry := range byHostname(set.Spec.Listeners) {
			known, works := found[hostname], programmed.Has(entry.Name)
			found[hostname] = storedListeners{
				sets:       append(known.sets, name),
				programmed: known.programmed || works, ownProgrammed: known.ownProgrammed || works && own, own: known.own || own,
			}
		}
	}
	return found
}

// isOn tells whether a ListenerSet is on the Gateway.
func isOn(gateway input.Gateway, set *gatewayv1.ListenerSet) bool {
	return dataplane.GatewayOfSet(set) == gateway.Name
}

// isOwn tells whether a ListenerSet is the KIngress's own: no KIngress controls a shared one. Which
// shared ones may be written is the decision of pkg/apply.
func isOwn(set *gatewayv1.ListenerSet) bool { return metav1.GetControllerOf(set) != nil }

// programmedIn are the listeners that the gateway reports as programmed for the present generation of the
// ListenerSet.
func programmedIn(set *gatewayv1.ListenerSet) sets.Set[gatewayv1.SectionName] {
	works := sets.New[gatewayv1.SectionName]()
	if set == nil {
		return works
	}
	for _, status := range set.Status.Listeners {
		if dataplane.Programmed(status.Conditions, set.Generation) {
			works.Insert(status.Name)
		}
	}
	return works
}

// maxListeners is the Gateway API's limit for one ListenerSet, and for one Gateway.
const maxListeners = 64

func certificatesOf(listener gatewayv1.Listener) []gatewayv1.SecretObjectReference {
	if listener.TLS == nil {
		return nil
	}
	return listener.TLS.CertificateRefs
}

// listenersOf are the listeners of a ListenerSet; none if it is nil.
func listenersOf(set *gatewayv1.ListenerSet) []gatewayv1.ListenerEntry {
	if set == nil {
		return nil
	}
	return set.Spec.Listeners
}

// byHostname are the listeners with a hostname, by hostname.
func byHostname(listeners []gatewayv1.ListenerEntry) iter.Seq2[string, gatewayv1.ListenerEntry] {
	return func(yield func(string, gatewayv1.ListenerEntry) bool) {
		for _, entry := range listeners {
			if entry.Hostname != nil && !yield(string(*entry.Hostname), entry) {
				return
			}
		}
	}
}
