// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
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

// domain is a certificate and the parent domain of hosts that have it.
type domain struct{ secret, name string }

func (d domain) hostname() string { return "*." + d.name }

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
	l.shares = map[string]domain{}
	for _, of := range l.domains() {
		name, users := l.sharedName(of), l.users(of)
		hosts := slices.DeleteFunc(slices.Sorted(maps.Keys(l.certificates)), func(host string) bool { return domainOf(host, l.certificates[host]) != of })
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
			l.refused = append(l.refused, name)
			l.split(of.hostname(), why, report)
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
		return !l.servingIn(host, func(set *gatewayv1.ListenerSet) bool { return !isShared(set) })
	})
	if l.unshared[stored.Name] = works; !works {
		l.shares[stored.Name] = of
		l.put(stored.Name, l.sharedEntry(of, stored))
	}
}

// domains are those of the hosts that have a certificate, sorted.
func (l *listeners) domains() []domain {
	found := []domain{}
	for host, secret := range l.certificates {
		if of := domainOf(host, secret); of.name != "" && !slices.Contains(found, of) {
			found = append(found, of)
		}
	}
	slices.SortFunc(found, func(a, b domain) int {
		return cmp.Or(strings.Compare(a.secret, b.secret), strings.Compare(a.name, b.name))
	})
	return found
}

func domainOf(host, secret string) domain {
	_, parent, _ := strings.Cut(host, ".")
	return domain{secret: secret, name: parent}
}

// users are the KIngresses on the Gateway with hosts of a domain, the oldest first.
func (l *listeners) users(of domain) []*v1alpha1.Ingress {
	all := append(slices.Clone(l.in.Sharers[l.visibility]), l.in.Ingress)
	slices.SortFunc(all, func(a, b *v1alpha1.Ingress) int {
		return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), strings.Compare(a.Name, b.Name))
	})
	return slices.DeleteFunc(all, func(ing *v1alpha1.Ingress) bool { return !of.isOf(ing, l.visibility) })
}

// isOf tells whether a KIngress has hosts of a domain at a visibility.
func (d domain) isOf(ing *v1alpha1.Ingress, visibility v1alpha1.IngressVisibility) bool {
	return slices.ContainsFunc(ing.Spec.TLS, func(tls v1alpha1.IngressTLS) bool {
		return (tls.SecretNamespace == "" || tls.SecretNamespace == ing.Namespace) && slices.ContainsFunc(tlsHosts(ing, tls), func(host string) bool {
			return domainOf(host, tls.SecretName) == d && hasHost(ing, host, visibility)
		})
	})
}

// Shares are the visibilities at which a KIngress has hosts for a shared ListenerSet, were it on
// its Gateway.
func Shares(ing *v1alpha1.Ingress, set *gatewayv1.ListenerSet) []v1alpha1.IngressVisibility {
	return slices.DeleteFunc(slices.Clone(visibilities), func(visibility v1alpha1.IngressVisibility) bool {
		return !slices.ContainsFunc(set.Spec.Listeners, func(entry gatewayv1.ListenerEntry) bool {
			if entry.Hostname == nil || entry.TLS == nil || len(entry.TLS.CertificateRefs) == 0 {
				return false
			}
			return domainOf(string(*entry.Hostname), string(entry.TLS.CertificateRefs[0].Name)).isOf(ing, visibility)
		})
	})
}

// tlsHosts are the hosts of an entry of spec.tls; without any it is for all external ones, as
// the KIngress API says.
func tlsHosts(ing *v1alpha1.Ingress, tls v1alpha1.IngressTLS) []string {
	if len(tls.Hosts) > 0 {
		return tls.Hosts
	}
	hosts := sets.New[string]()
	for _, rule := range ing.Spec.Rules {
		if Visibility(rule) == v1alpha1.IngressVisibilityExternalIP {
			hosts.Insert(rule.Hosts...)
		}
	}
	return hosts.UnsortedList()
}

func hasHost(ing *v1alpha1.Ingress, hostname string, visibility v1alpha1.IngressVisibility) bool {
	return slices.ContainsFunc(ing.Spec.Rules, func(rule v1alpha1.IngressRule) bool {
		return Visibility(rule) == visibility && slices.ContainsFunc(rule.Hosts, func(host string) bool { return covered(hostname, host) })
	})
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
	users := l.users(l.shares[name])
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
