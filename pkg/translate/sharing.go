// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// MaxOwners is how many KIngresses, the oldest ones, own the ListenerSet of a certificate
// that more may share. With a limit, neither the object nor the number of its changes grows
// with them. While there are more the namespace owns it, too: were all the owners deleted at
// once, the garbage collector would take it from those that are left.
const MaxOwners = 8

// share gives the hosts of one domain that have one certificate a listener for the whole
// domain, in a ListenerSet that their KIngresses share. Listeners of their own would cost
// HTTP/2: a client may use one connection for all names of a certificate, so gateways that
// find a name in the certificates of two listeners offer HTTP/1.1 alone, as Envoy Gateway 1.9
// does (internal/gatewayapi/listener.go, checkOverlappingCertificates).
//
// What names stand in a certificate nobody tells us, for we read no Secrets: hosts that name
// the same Secret share it. Who shares once goes on. Of two listeners with one hostname
// gateways take the elder; where that is somebody else's, each host has one of its own.
func (l *listeners) share(report *report) {
	l.shares, l.entries.hosts = map[string]domain{}, map[*v1alpha1.Ingress]*hostSet{}
	domains := l.certificates.domains()
	l.users = usersOf(domains, append(slices.Clone(l.in.Sharers[l.visibility]), l.in.Ingress), l.visibility)
	for _, of := range slices.SortedFunc(maps.Keys(domains), domain.compare) {
		name, users, hosts := l.sharedName(of), l.users[of], domains[of]
		stored := l.in.ListenerSets[name]
		taken, unfit := l.certificates[of.hostname()], l.unfit(of)
		switch {
		case len(users) < 2 && len(hosts) < 2 && stored == nil && taken == "", taken != "" && taken != of.secret:
		case unfit != "":
			if len(users) > 1 || len(hosts) > 1 {
				report.gap(Gap{Field: "spec.tls", Detail: fmt.Sprintf("Secret %s has a listener for each host, which may cost HTTP/2: %s", of.secret, unfit)})
			}
			l.unshare(of, stored, hosts)
		case stored != nil && isConflicted(stored, of.hostname()):
			why := fmt.Sprintf("another ListenerSet on Gateway %s has a listener for %s", l.gateway.Name, of.hostname())
			report.gap(Gap{Field: "spec.tls", Detail: fmt.Sprintf("Secret %s has a listener for each host, which may cost HTTP/2: %s", of.secret, why)})
			l.shares[name] = of
			l.put(name, l.sharedEntry(of, stored)) // it stays, for the gateway says there when the hostname is free
			l.refused.Insert(name)
			l.split(of.hostname(), why, report)
			domains = l.certificates.domains()
		default:
			l.shares[name] = of
			l.putShared(name, of, stored)
			for _, host := range hosts {
				delete(l.certificates, host)
			}
			l.certificates[of.hostname()] = of.secret
		}
	}
}

// unfit says why the hosts of a domain may not share a listener for all of it; empty when they
// may. It would take requests for hosts that are not theirs.
func (l *listeners) unfit(of domain) string {
	if isPublicSuffix(of.name) || isPublicSuffix("any."+of.name) {
		return fmt.Sprintf("hosts below %s belong to many", of.name)
	}
	for _, listener := range l.in.Standing[l.gateway.Name].Listeners {
		hostname := hostnameOf(listener)
		if hostname == of.hostname() && l.isTaken(listener) {
			return fmt.Sprintf("listener %s of Gateway %s has hostname %s", listener.Name, l.gateway.Name, hostname)
		}
		secure := listener.Protocol == gatewayv1.HTTPSProtocolType || listener.Protocol == gatewayv1.TLSProtocolType
		wider := hostname == "" || hostname != of.hostname() && covered(hostname, of.hostname())
		if secure && wider && listener.Port == l.gateway.HTTPS.Port && !strings.HasSuffix(string(listener.Name), dataplane.ListenerSuffix) {
			return fmt.Sprintf("one for %s would take other hosts from listener %s of Gateway %s", of.hostname(), listener.Name, l.gateway.Name)
		}
	}
	return ""
}

func isPublicSuffix(domain string) bool {
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return suffix == domain
}

// unshare leaves the listener that hosts have shared, once each has one of its own that
// works. No host is without HTTPS on the way: until then the routes are attached to both.
func (l *listeners) unshare(of domain, stored *gatewayv1.ListenerSet, hosts []string) {
	if stored == nil {
		return
	}
	works := !slices.ContainsFunc(hosts, func(host string) bool {
		return !l.working()[host].own
	})
	if l.unshared[stored.Name] = works; !works {
		l.shares[stored.Name] = of
		l.put(stored.Name, l.sharedEntry(of, stored))
	}
}

// sharedName is that of the ListenerSet of a domain. All KIngresses of the namespace on the
// Gateway come to the same, and none to it for a ListenerSet of its own.
func (l *listeners) sharedName(of domain) string {
	digest := sha256.Sum256([]byte(l.gateway.Name.String() + "\n" + of.name + "\n" + of.secret))
	return shortened(of.secret, fmt.Sprintf("-%x.shared", digest[:4]))
}

// sharedMeta is the same whoever of the users writes it.
func (l *listeners) sharedMeta(name string) metav1.ObjectMeta {
	meta := metav1.ObjectMeta{
		Namespace: l.in.Ingress.Namespace, Name: name,
		Labels: map[string]string{networking.IngressLabelKey: ""},
	}
	users := l.users[l.shares[name]]
	for _, user := range users[:min(len(users), MaxOwners)] {
		meta.OwnerReferences = append(meta.OwnerReferences, metav1.OwnerReference{
			APIVersion: v1alpha1.SchemeGroupVersion.String(), Kind: "Ingress", Name: user.Name, UID: user.UID,
		})
	}
	if space := l.in.Namespace; space != nil && len(users) > MaxOwners {
		meta.OwnerReferences = append(meta.OwnerReferences, metav1.OwnerReference{
			APIVersion: corev1.SchemeGroupVersion.String(), Kind: "Namespace", Name: space.GetName(), UID: space.GetUID(),
		})
	}
	return meta
}

// isShared tells whether a ListenerSet is one that KIngresses share.
func isShared(set *gatewayv1.ListenerSet) bool {
	return len(set.OwnerReferences) > 0 && metav1.GetControllerOf(set) == nil
}

// isConflicted tells whether the gateway has another listener for a hostname.
func isConflicted(set *gatewayv1.ListenerSet, hostname string) bool {
	for _, entry := range set.Spec.Listeners {
		if entry.Hostname == nil || string(*entry.Hostname) != hostname {
			continue
		}
		for _, listener := range set.Status.Listeners {
			conflict := meta.FindStatusCondition(listener.Conditions, string(gatewayv1.ListenerEntryConditionConflicted))
			if listener.Name == entry.Name && conflict != nil && conflict.Status == metav1.ConditionTrue && conflict.ObservedGeneration >= set.Generation {
				return true
			}
		}
	}
	return false
}
