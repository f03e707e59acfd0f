// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// onGateway are the listeners of the Gateway itself that serve hosts of a visibility.
type onGateway struct {
	standing dataplane.Standing
	// own are the KIngress's, by hostname. A listener that stands there stays; a new one
	// is added only where ListenerSets are not possible.
	own map[string]gatewayv1.Listener
	// lent are the certificates of those that spec.tls names.
	lent certificates
	// others are its owner's: those of which no hostname is in spec.tls are used for the
	// hosts that they admit.
	others []gatewayv1.Listener
}

// placeOnGateway finds the hostnames whose listener is on the Gateway. A Gateway has each
// hostname once: that of somebody else's listener is served with its certificate.
func (l *listeners) placeOnGateway(report *report) {
	standing := l.in.Standing[l.gateway.Name]
	l.onGateway = onGateway{standing: standing, own: map[string]gatewayv1.Listener{}, lent: certificates{}}
	l.splitForOthers(report)
	taken, names := map[string]gatewayv1.Listener{}, sets.New[gatewayv1.SectionName]()
	for _, listener := range standing.Listeners {
		hostname := hostnameOf(listener)
		switch {
		case !standing.Held.Has(listener.Name):
			names.Insert(listener.Name)
			if l.isTaken(listener) {
				taken[hostname] = listener
			}
			if standing.Usable.Has(listener.Name) && !strings.HasSuffix(string(listener.Name), dataplane.ListenerSuffix) {
				l.others = append(l.others, listener)
			}
		case l.certificates[hostname] != "":
			l.lend(hostname)
		case l.stays(hostname, place{name: string(listener.Name)}, l.unlistedOnGateway(listener)):
			l.own[hostname] = onlyOurs(listener)
		}
	}
	for _, hostname := range sortedKeys(l.certificates) {
		if listener, found := taken[hostname]; found {
			l.leaveTo(listener, report)
		} else if !l.setsPossible() {
			l.add(hostname, names, report)
		}
	}
}

// setsPossible tells whether the implementation has ListenerSets.
func (l *listeners) setsPossible() bool {
	return l.gateway.Features.Has(gwfeatures.SupportListenerSet) && l.in.NoListenerSets == ""
}

// lend gives a hostname its listener on the Gateway.
func (l *listeners) lend(hostname string) {
	l.own[hostname] = l.ownListener(hostname)
	l.lent[hostname] = l.certificates[hostname]
	delete(l.certificates, hostname)
}

// drop leaves out the hostnames whose listeners are refused.
func (l *listeners) drop(refusal string, report *report) {
	if refusal != "" && len(l.certificates) > 0 {
		report.gap(Gap{Field: "spec.tls", Detail: fmt.Sprintf("HTTPS is not served, the %s hosts answer on HTTP: %s", map[v1alpha1.IngressVisibility]string{
			v1alpha1.IngressVisibilityExternalIP: "external", v1alpha1.IngressVisibilityClusterLocal: "cluster-local",
		}[l.visibility], refusal)})
		l.certificates = certificates{}
	}
}

// add puts a new listener onto the Gateway, or says why there is no room.
func (l *listeners) add(hostname string, names sets.Set[gatewayv1.SectionName], report *report) {
	name, why := l.ownListener(hostname).Name, ""
	switch {
	case names.Has(name):
		why = fmt.Sprintf("a listener %s that is not ours is in spec.listeners of Gateway %s: rename it", name, l.gateway.Name)
	case slices.ContainsFunc(slices.Collect(maps.Values(l.own)), func(own gatewayv1.Listener) bool { return own.Name == name }):
		why = fmt.Sprintf("listener %s of Gateway %s is that of another host of the KIngress", name, l.gateway.Name)
	case len(names)+len(l.own) >= maxListeners:
		why = fmt.Sprintf("spec.listeners of Gateway %s has %d entries, the most that the Gateway API allows, and its implementation has no ListenerSets: "+
			"add one with a wildcard hostname and a wildcard certificate", l.gateway.Name, maxListeners)
	default:
		l.lend(hostname)
		return
	}
	delete(l.certificates, hostname)
	report.gap(Gap{Field: "spec.tls", Detail: fmt.Sprintf("HTTPS is not served for host %s: %s", hostname, why)})
}

// leaveTo serves a hostname with somebody else's listener that has it already.
func (l *listeners) leaveTo(listener gatewayv1.Listener, report *report) {
	hostname := hostnameOf(listener)
	secret := l.certificates[hostname]
	delete(l.certificates, hostname)
	at := fmt.Sprintf("listener %s in spec.listeners of Gateway %s", listener.Name, l.gateway.Name)
	if !l.standing.Usable.Has(listener.Name) {
		report.gap(Gap{Field: "spec.tls", Detail: fmt.Sprintf("HTTPS is not served for host %s: %s has this hostname and does not admit HTTPRoutes of namespace %s: "+
			"change its allowedRoutes, or remove it", hostname, at, l.in.Ingress.Namespace)})
		return
	}
	if !slices.ContainsFunc(l.others, func(other gatewayv1.Listener) bool { return other.Name == listener.Name }) {
		l.others = append(l.others, listener) // another KIngress's
	}
	if !slices.ContainsFunc(certificatesOf(listener), func(ref gatewayv1.SecretObjectReference) bool {
		return string(ref.Name) == secret && ref.Namespace != nil && string(*ref.Namespace) == l.in.Ingress.Namespace
	}) {
		report.gap(Gap{Field: "spec.tls", Detail: fmt.Sprintf("host %s is served with the certificate of %s, which has this hostname, and not with Secret %s: remove one of them", hostname, at, secret)})
	}
}

// ownListener is the listener of a hostname with every field that the API server would
// default written out. Its name tells the KIngress from others with this host.
func (l *listeners) ownListener(hostname string) gatewayv1.Listener {
	listener := gatewayv1.Listener(l.entry(hostname, l.certificates[hostname]))
	listener.Name = gatewayv1.SectionName(routeName(hostname, dataplane.ListenerSuffixOf(l.in.Ingress.UID)))
	listener.TLS.CertificateRefs[0].Namespace = new(gatewayv1.Namespace(l.in.Ingress.Namespace))
	listener.AllowedRoutes.Namespaces = &gatewayv1.RouteNamespaces{
		From:     new(gatewayv1.NamespacesFromSelector),
		Selector: &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: l.in.Ingress.Namespace}},
	}
	return listener
}

// door is the listener through which a host is reached with TLS.
type door struct {
	// hostname is the listener's.
	hostname string
	port     int32
	// section is its name where it is on the Gateway.
	section gatewayv1.SectionName
	// named tells that spec.tls names its certificate, works that the gateway says so.
	named, works bool
}

// door finds the most specific listener that admits a host, that of spec.tls first.
func (l *listeners) door(host string) (found door, exists bool) {
	found, exists = l.othersDoor(host)
	if hostname, named := l.lent.of(host); named && (!exists || specificity(hostname) >= specificity(found.hostname)) {
		name := l.own[hostname].Name
		found, exists = door{hostname: hostname, port: l.gateway.HTTPS.Port, section: name, named: true, works: l.standing.Programmed.Has(name)}, true
	}
	if hostname, named := l.certificates.of(host); named && (!exists || specificity(hostname) >= specificity(found.hostname)) {
		found, exists = door{hostname: hostname, port: l.gateway.HTTPS.Port, named: true, works: l.serving(hostname)}, true
	}
	return found, exists
}

// othersDoor finds the most specific of the others' listeners that admits a host.
func (l *listeners) othersDoor(host string) (found door, exists bool) {
	for _, other := range l.others {
		hostname := hostnameOf(other)
		if admits := hostname == "" || covered(hostname, host); admits && (!exists || specificity(hostname) > specificity(found.hostname)) {
			found, exists = door{hostname: hostname, port: other.Port, section: other.Name, works: l.standing.Programmed.Has(other.Name)}, true
		}
	}
	return found, exists
}

// sections are the Gateway's listeners through which the hosts are reached with TLS; that
// of others besides the KIngress's own, which may not work yet, or not any more.
func (l *listeners) sections(hosts []string) []gatewayv1.ParentReference {
	names := l.through(hosts)
	for _, host := range hosts {
		if other, exists := l.othersDoor(host); exists {
			names = append(names, string(other.section))
		}
	}
	slices.Sort(names)
	return atSections(l.gateway, slices.Compact(names))
}

// through are the KIngress's own listeners on the Gateway that serve the hosts.
func (l *listeners) through(hosts []string) []string {
	if len(l.own) == 0 {
		return nil
	}
	hostnames := sets.New[string]()
	for _, host := range hosts {
		for hostname := range admitting(host) {
			if _, found := l.own[hostname]; found {
				hostnames.Insert(hostname)
			}
		}
	}
	found := []string{}
	for _, hostname := range sets.List(hostnames) {
		found = append(found, string(l.own[hostname].Name))
	}
	return found
}

func (l *listeners) overlaid(hostname string) bool {
	_, found := l.othersDoor(probedHost([]string{hostname}))
	return found
}
