// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"iter"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// maxListeners is the Gateway API's limit for one ListenerSet, and for one Gateway.
const maxListeners = 64

// entry is the listener of a hostname in a ListenerSet, with every field that the API server
// would default written out.
func (p *planner) entry(hostname, secret string) gatewayv1.ListenerEntry {
	return gatewayv1.ListenerEntry{
		Name:     gatewayv1.SectionName(names.Route(hostname, "")),
		Hostname: new(gatewayv1.Hostname(hostname)),
		Port:     p.gateway.HTTPS.Port,
		Protocol: gatewayv1.HTTPSProtocolType,
		TLS: &gatewayv1.ListenerTLSConfig{
			Mode: new(gatewayv1.TLSModeTerminate),
			CertificateRefs: []gatewayv1.SecretObjectReference{{
				Group: new(gatewayv1.Group("")), Kind: new(gatewayv1.Kind("Secret")),
				Name: gatewayv1.ObjectName(secret),
			}},
		},
		AllowedRoutes: &gatewayv1.AllowedRoutes{Namespaces: &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromSame)}},
	}
}

// ownListener is the listener of a hostname on the Gateway. Its name tells the KIngress from
// others with this host.
func (p *planner) ownListener(hostname, secret string) gatewayv1.Listener {
	listener := gatewayv1.Listener(p.entry(hostname, secret))
	listener.Name = gatewayv1.SectionName(names.Route(hostname, dataplane.ListenerSuffixOf(p.in.Ingress.UID)))
	listener.TLS.CertificateRefs[0].Namespace = new(gatewayv1.Namespace(p.in.Ingress.Namespace))
	listener.AllowedRoutes.Namespaces = &gatewayv1.RouteNamespaces{
		From:     new(gatewayv1.NamespacesFromSelector),
		Selector: &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: p.in.Ingress.Namespace}},
	}
	return listener
}

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
