// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// MaxOwners is how many KIngresses, the oldest ones, own the ListenerSet of a certificate
// that more may share: it goes when these have gone and no other has taken their place.
// With a limit, neither the object nor the number of its changes grows with them.
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
		taken := l.certificates[of.hostname()]
		switch {
		case len(users) < 2 && len(hosts) < 2 && stored == nil && taken == "", taken != "" && taken != of.secret:
		case stored != nil && isConflicted(stored):
			report.gap(Gap{Field: "spec.tls", Detail: fmt.Sprintf(
				"Secret %s has a listener for each host, which may cost HTTP/2: another ListenerSet on Gateway %s has a listener for %s", of.secret, l.gateway.Name, of.hostname())})
			l.shares[name] = of
			l.put(name, l.entry(of.hostname(), of.secret)) // it stays, for the gateway says there when the hostname is free
			l.refused = append(l.refused, name)
		default:
			for _, host := range hosts {
				delete(l.certificates, host)
			}
			l.certificates[of.hostname()] = of.secret
			l.shares[name] = of
			l.put(name, l.entry(of.hostname(), of.secret))
		}
	}
}

// domains are those of the hosts that have a certificate, sorted.
func (l *listeners) domains() []domain {
	found := []domain{}
	for host, secret := range l.certificates {
		if of := domainOf(host, secret); strings.Contains(of.name, ".") && !slices.Contains(found, of) { // nobody has all names of a top-level domain
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
	return slices.DeleteFunc(all, func(ing *v1alpha1.Ingress) bool {
		return !slices.ContainsFunc(ing.Spec.TLS, func(tls v1alpha1.IngressTLS) bool {
			return (tls.SecretNamespace == "" || tls.SecretNamespace == ing.Namespace) && slices.ContainsFunc(tlsHosts(ing, tls), func(host string) bool {
				return domainOf(host, tls.SecretName) == of && hasHost(ing, host, l.visibility)
			})
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
	return meta
}

// isShared tells whether a ListenerSet is one that KIngresses share.
func isShared(set *gatewayv1.ListenerSet) bool {
	return len(set.OwnerReferences) > 0 && metav1.GetControllerOf(set) == nil
}

func isConflicted(set *gatewayv1.ListenerSet) bool {
	for _, listener := range set.Status.Listeners {
		for _, condition := range listener.Conditions {
			if condition.Type == string(gatewayv1.ListenerEntryConditionConflicted) && condition.Status == metav1.ConditionTrue && condition.ObservedGeneration >= set.Generation {
				return true
			}
		}
	}
	return false
}
