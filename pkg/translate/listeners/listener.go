// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"iter"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// maxListeners is the Gateway API's limit for one ListenerSet, and for one Gateway.
const maxListeners = 64

func certificatesOf(listener gatewayv1.Listener) []gatewayv1.SecretObjectReference {
	if listener.TLS == nil {
		return nil
	}
	return listener.TLS.CertificateRefs
}

// listenersOf are those of a ListenerSet; none where there is no such.
func listenersOf(set *gatewayv1.ListenerSet) []gatewayv1.ListenerEntry {
	if set == nil {
		return nil
	}
	return set.Spec.Listeners
}

// byHostname are the listeners that have a hostname, by it.
func byHostname(listeners []gatewayv1.ListenerEntry) iter.Seq2[string, gatewayv1.ListenerEntry] {
	return func(yield func(string, gatewayv1.ListenerEntry) bool) {
		for _, entry := range listeners {
			if entry.Hostname != nil && !yield(string(*entry.Hostname), entry) {
				return
			}
		}
	}
}
