// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// placeOnGateway finds the hostnames whose listener is on the Gateway itself, and returns the
// certificates whose listener is not. A listener that is there stays; a new one is added only if
// ListenerSets are not possible. A Gateway can have each hostname once: if a foreign listener has it, the
// host is served with the certificate of that.
func (p *planner) placeOnGateway(wanted certificates) certificates {
	wanted = p.splitForForeign(wanted)
	for _, listener := range p.available.Listeners {
		hostname := dataplane.HostnameOf(listener)
		switch {
		case !p.available.Held.Has(listener.Name):
			if p.available.Usable.Has(listener.Name) && !strings.HasSuffix(string(listener.Name), dataplane.ListenerSuffix) {
				p.foreign = append(p.foreign, listener)
			}
		case wanted[hostname] != "" && p.onGateway[hostname] == "":
			p.putOnGateway(hostname, wanted[hostname])
		case p.drains(hostname, place{name: string(listener.Name)}, p.drainingOnGateway(listener)):
			p.own[hostname] = dataplane.OwnFields(listener)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	taken, names := p.foreignListeners()
	left := certificates{}
	for _, hostname := range slices.Sorted(maps.Keys(wanted)) {
		listener, found := taken[hostname]
		switch {
		case p.onGateway[hostname] != "": // it is there already
		case found:
			p.leaveTo(listener, wanted[hostname])
		case !p.setsPossible():
			p.addToGateway(hostname, wanted[hostname], names)
		default:
			left[hostname] = wanted[hostname]
		}
	}
	return left
}

// foreignListeners are the foreign listeners at the port of the KIngress's listeners, by hostname, and
// the names of all foreign ones.
func (p *planner) foreignListeners() (taken map[string]gatewayv1.Listener, names sets.Set[gatewayv1.SectionName]) {
	taken, names = map[string]gatewayv1.Listener{}, sets.New[gatewayv1.SectionName]()
	for _, listener := range p.available.Listeners {
		if p.available.Held.Has(listener.Name) {
			continue
		}
		names.Insert(listener.Name)
		if p.isTaken(listener) {
			taken[dataplane.HostnameOf(listener)] = listener
		}
	}
	return taken, names
}

// setsPossible tells whether ListenerSets can be used: the API server and the Gateway's implementation
// have them.
func (p *planner) setsPossible() bool {
	return p.gateway.Features.Has(gwfeatures.SupportListenerSet) && p.in.NoListenerSets == ""
}

// isTaken tells whether a listener of the Gateway is foreign and takes its hostname at the port of the
// KIngress's listeners.
func (p *planner) isTaken(listener gatewayv1.Listener) bool {
	return listener.Protocol == gatewayv1.HTTPSProtocolType && listener.Port == p.gateway.HTTPS.Port && !p.available.Held.Has(listener.Name)
}

// putOnGateway gives a hostname its listener on the Gateway.
func (p *planner) putOnGateway(hostname, secret string) {
	p.own[hostname], p.onGateway[hostname] = p.ownListener(hostname, secret), secret
}

// addToGateway adds a new listener to the Gateway, or reports why it cannot. names are those of the
// foreign listeners.
func (p *planner) addToGateway(hostname, secret string, names sets.Set[gatewayv1.SectionName]) {
	name, why := p.ownListener(hostname, secret).Name, ""
	switch {
	case names.Has(name):
		why = fmt.Sprintf("a listener %s that is not ours is in spec.listeners of Gateway %s: rename it", name, p.gateway.Name)
	case slices.ContainsFunc(slices.Collect(maps.Values(p.own)), func(own gatewayv1.Listener) bool { return own.Name == name }):
		why = fmt.Sprintf("listener %s of Gateway %s is that of another host of the KIngress", name, p.gateway.Name)
	case len(names)+len(p.own) >= maxListeners:
		why = fmt.Sprintf("spec.listeners of Gateway %s has %d entries, the most that the Gateway API allows, and its implementation has no ListenerSets: "+
			"add one with a wildcard hostname and a wildcard certificate", p.gateway.Name, maxListeners)
	default:
		p.putOnGateway(hostname, secret)
		return
	}
	p.gap("HTTPS is not served for host %s: %s", hostname, why)
}

// leaveTo leaves a hostname to the foreign listener that has it already.
func (p *planner) leaveTo(listener gatewayv1.Listener, secret string) {
	hostname, at := dataplane.HostnameOf(listener), fmt.Sprintf("listener %s in spec.listeners of Gateway %s", listener.Name, p.gateway.Name)
	if !p.available.Usable.Has(listener.Name) {
		p.gap("HTTPS is not served for host %s: %s has this hostname and does not admit HTTPRoutes of namespace %s: change its allowedRoutes, or remove it",
			hostname, at, p.in.Ingress.Namespace)
		return
	}
	if !slices.ContainsFunc(p.foreign, func(known gatewayv1.Listener) bool { return known.Name == listener.Name }) {
		p.foreign = append(p.foreign, listener) // that of another KIngress
	}
	if !slices.ContainsFunc(certificatesOf(listener), func(ref gatewayv1.SecretObjectReference) bool {
		return string(ref.Name) == secret && ref.Namespace != nil && string(*ref.Namespace) == p.in.Ingress.Namespace
	}) {
		p.gap("host %s is served with the certificate of %s, which has this hostname, and not with Secret %s: remove one of them", hostname, at, secret)
	}
}

// splitForForeign splits the wildcards whose hostname a foreign listener has that does not admit the
// KIngress's routes.
func (p *planner) splitForForeign(wanted certificates) certificates {
	for _, listener := range p.available.Listeners {
		hostname := dataplane.HostnameOf(listener)
		if !strings.HasPrefix(hostname, "*") || wanted[hostname] == "" || !p.isTaken(listener) || p.available.Usable.Has(listener.Name) {
			continue
		}
		why := fmt.Sprintf("listener %s in spec.listeners of Gateway %s has hostname %s and does not admit HTTPRoutes of namespace %s",
			listener.Name, p.gateway.Name, hostname, p.in.Ingress.Namespace)
		p.gap("Secret %s has a listener for each host, which may cost HTTP/2: %s", wanted[hostname], why)
		wanted = p.split(wanted, hostname, why)
	}
	return wanted
}

// split gives each host with the certificate of a wildcard a listener of its own, because a foreign
// listener has the hostname of the wildcard. So two namespaces with certificates for one parent domain
// both have HTTPS. The wildcard itself cannot be served then.
func (p *planner) split(wanted certificates, hostname, why string) certificates {
	rest := maps.Clone(wanted)
	delete(rest, hostname)
	for _, host := range sets.List(p.served().Set) {
		switch of, found := wanted.of(host); {
		case !found || of != hostname:
		case host == hostname:
			p.gap("HTTPS is not served for host %s: %s", host, why)
		default:
			rest[host] = wanted[hostname]
		}
	}
	return rest
}
