// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// planner makes the placement of one visibility.
type planner struct {
	Placement

	in     input.Input
	report conditions.Report
	// beside are the listeners in ListenerSets on the same Gateway for the other visibility, by the names
	// of set and listener.
	beside map[string]map[string]gatewayv1.ListenerEntry
	// shared has the domains of the shared ListenerSets, by their names. users are the KIngresses on the
	// Gateway with hosts of each domain, the oldest first.
	shared map[string]domain
	users  map[domain][]*v1alpha1.Ingress
	// hosts are those of the visibility, hostsOf those of users; nil until they are needed.
	hosts   *hostSet
	hostsOf map[*v1alpha1.Ingress]*hostSet
	// full is how many of the KIngress's own ListenerSets, counted from the first, have no room.
	full int
}

// gap reports what is not done although spec.tls asks for it.
func (p *planner) gap(format string, values ...any) {
	p.report.AddGap(conditions.Gap{Field: "spec.tls", Detail: fmt.Sprintf(format, values...)})
}

// hasHost tells whether the KIngress has a host for a listener.
func (p *planner) hasHost(hostname string) bool { return p.served().reached(hostname) }

// served are the hosts of the visibility.
func (p *planner) served() *hostSet {
	if p.hosts == nil {
		p.hosts = &hostSet{Set: rules.ServedHosts(p.in, p.visibility)}
	}
	return p.hosts
}

// put places a listener in a ListenerSet.
func (p *planner) put(set string, entry gatewayv1.ListenerEntry) {
	if p.sets[set] == nil {
		p.sets[set] = map[string]gatewayv1.ListenerEntry{}
	}
	p.sets[set][string(entry.Name)] = entry
}

// requeueIn records after how long the plan of the same input is another one.
func (p *planner) requeueIn(left time.Duration) { p.requeueAfter = input.Sooner(p.requeueAfter, left) }

// entry is the listener of a hostname in a ListenerSet, with all fields that the API server would
// default.
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

// ownListener is the listener of a hostname on the Gateway. Its name tells it from those of other
// KIngresses with this host.
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
