// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// share gives the hosts of one domain with the same certificate a listener for the whole domain, in a
// ListenerSet that their KIngresses share, and returns the certificates by the hostnames of the
// listeners. Listeners of their own would cost HTTP/2: a client may use one connection for all names of a
// certificate, so a gateway that finds a name in the certificates of two listeners offers only HTTP/1.1,
// as Envoy Gateway 1.9 does (internal/gatewayapi/listener.go, checkOverlappingCertificates).
//
// The controller reads no Secrets, so it does not know the names in a certificate: hosts with the same
// Secret share the listener. A host that shares goes on to share. Of two listeners with one hostname
// gateways take the older one; if that is a foreign one, each host gets a listener of its own.
func (p *planner) share(wanted certificates) certificates {
	wanted = maps.Clone(wanted)
	domains := wanted.domains()
	p.users = usersOf(domains, append(slices.Clone(p.in.Sharers[p.visibility]), p.in.Ingress), p.visibility)
	for _, of := range slices.SortedFunc(maps.Keys(domains), domain.compare) {
		name, users, hosts := names.SharedListenerSet(p.gateway.Name, of.name, of.secret), p.users[of], domains[of]
		stored := p.in.ListenerSets[name]
		taken, unfit := wanted[of.hostname()], p.unfit(of)
		switch {
		case len(users) < 2 && len(hosts) < 2 && stored == nil && taken == "", taken != "" && taken != of.secret:
		case unfit != "":
			if len(users) > 1 || len(hosts) > 1 {
				p.gap("Secret %s has a listener for each host, which may cost HTTP/2: %s", of.secret, unfit)
			}
			p.unshare(of, stored, hosts)
		case stored != nil && isConflicted(stored, of.hostname()):
			why := fmt.Sprintf("another ListenerSet on Gateway %s has a listener for %s", p.gateway.Name, of.hostname())
			p.gap("Secret %s has a listener for each host, which may cost HTTP/2: %s", of.secret, why)
			p.shared[name] = of
			p.put(name, p.sharedEntry(of, stored)) // it stays, for the gateway says there when the hostname is free
			p.conflicted.Insert(name)
			wanted = p.split(wanted, of.hostname(), why)
			domains = wanted.domains()
		default:
			p.shared[name] = of
			p.putShared(name, of, stored)
			for _, host := range hosts {
				delete(wanted, host)
			}
			wanted[of.hostname()] = of.secret
		}
	}
	return wanted
}

// unfit says why the hosts of a domain may not share a listener for the whole domain, because it would
// take requests for hosts that are not theirs; empty if they may.
func (p *planner) unfit(of domain) string {
	if isPublicSuffix(of.name) || isPublicSuffix("any."+of.name) {
		return fmt.Sprintf("hosts below %s belong to many", of.name)
	}
	for _, listener := range p.available.Listeners {
		hostname := dataplane.HostnameOf(listener)
		if hostname == of.hostname() && p.isTaken(listener) {
			return fmt.Sprintf("listener %s of Gateway %s has hostname %s", listener.Name, p.gateway.Name, hostname)
		}
		secure := listener.Protocol == gatewayv1.HTTPSProtocolType || listener.Protocol == gatewayv1.TLSProtocolType
		wider := hostname != of.hostname() && dataplane.Admits(hostname, of.hostname())
		if secure && wider && listener.Port == p.gateway.HTTPS.Port && !strings.HasSuffix(string(listener.Name), dataplane.ListenerSuffix) {
			return fmt.Sprintf("one for %s would take other hosts from listener %s of Gateway %s", of.hostname(), listener.Name, p.gateway.Name)
		}
	}
	return ""
}

func isPublicSuffix(domain string) bool {
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return suffix == domain
}

// unshare lets hosts leave the listener that they have shared, once each has one of its own that works.
// Until then their routes are attached to both, so that no host loses HTTPS.
func (p *planner) unshare(of domain, stored *gatewayv1.ListenerSet, hosts []string) {
	if stored == nil {
		return
	}
	works := !slices.ContainsFunc(hosts, func(host string) bool {
		return !p.stored[host].ownProgrammed
	})
	if p.unshared[stored.Name] = works; !works {
		p.shared[stored.Name] = of
		p.put(stored.Name, p.sharedEntry(of, stored))
	}
}

// isConflicted tells whether the gateway reports that another listener has the hostname.
func isConflicted(set *gatewayv1.ListenerSet, hostname string) bool {
	for _, entry := range set.Spec.Listeners {
		if entry.Hostname == nil || string(*entry.Hostname) != hostname {
			continue
		}
		for _, listener := range set.Status.Listeners {
			conflict := dataplane.CurrentCondition(listener.Conditions, string(gatewayv1.ListenerEntryConditionConflicted), set.Generation)
			if listener.Name == entry.Name && conflict != nil && conflict.Status == metav1.ConditionTrue {
				return true
			}
		}
	}
	return false
}
