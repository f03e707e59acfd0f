// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// domain is a certificate and a parent domain of hosts with this certificate.
type domain struct{ secret, name string }

func (d domain) hostname() string { return "*." + d.name }

func (d domain) compare(other domain) int {
	return cmp.Or(strings.Compare(d.secret, other.secret), strings.Compare(d.name, other.name))
}

func domainOf(host, secret string) domain {
	_, parent, _ := strings.Cut(host, ".")
	return domain{secret: secret, name: parent}
}

// has tells whether a listener is for hosts of the domain, with its certificate.
func (d domain) has(entry gatewayv1.ListenerEntry) bool {
	return entry.Hostname != nil && entry.TLS != nil && len(entry.TLS.CertificateRefs) > 0 &&
		domainOf(string(*entry.Hostname), string(entry.TLS.CertificateRefs[0].Name)) == d
}

// domains are the hosts with a certificate, sorted, by their domain.
func (c certificates) domains() map[domain][]string {
	found := map[domain][]string{}
	for _, host := range slices.Sorted(maps.Keys(c)) {
		if of := domainOf(host, c[host]); of.name != "" {
			found[of] = append(found[of], host)
		}
	}
	return found
}

// MaxOwners is how many of the KIngresses that share a ListenerSet own it: the oldest ones. With a limit,
// neither the object nor the number of its changes grows with their number. If there are more, the
// namespace owns it, too. Otherwise, if all its owners were deleted at once, the garbage collector would
// delete it although others use it.
const MaxOwners = 8

// usersOf are, for each domain, the KIngresses with hosts of it, the oldest first.
func usersOf(domains map[domain][]string, all []*v1alpha1.Ingress, visibility v1alpha1.IngressVisibility) map[domain][]*v1alpha1.Ingress {
	users := map[domain][]*v1alpha1.Ingress{}
	if len(domains) == 0 {
		return users
	}
	slices.SortFunc(all, func(a, b *v1alpha1.Ingress) int {
		return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), strings.Compare(a.Name, b.Name))
	})
	for _, ing := range all {
		for of := range domainsOf(ing, visibility, domains) {
			users[of] = append(users[of], ing)
		}
	}
	return users
}

// domainsOf are the given domains of which a KIngress has hosts at a visibility.
func domainsOf[V any](ing *v1alpha1.Ingress, visibility v1alpha1.IngressVisibility, among map[domain]V) sets.Set[domain] {
	found, forAll, served := sets.New[domain](), sets.New[string](), hostsAt(ing, visibility)
	for _, tls := range ing.Spec.TLS {
		switch {
		case tls.SecretNamespace != "" && tls.SecretNamespace != ing.Namespace:
			continue
		case len(tls.Hosts) == 0: // all external hosts, as the KIngress API says
			forAll.Insert(tls.SecretName)
		}
		for _, host := range tls.Hosts {
			of := domainOf(host, tls.SecretName)
			if _, wanted := among[of]; wanted && served.reached(host) {
				found.Insert(of)
			}
		}
	}
	if forAll.Len() == 0 {
		return found
	}
	parents := sets.New[string]()
	for host := range hostsAt(ing, v1alpha1.IngressVisibilityExternalIP).Set {
		if served.reached(host) {
			parents.Insert(domainOf(host, "").name)
		}
	}
	for of := range among {
		if forAll.Has(of.secret) && parents.Has(of.name) {
			found.Insert(of)
		}
	}
	return found
}

// Shares are the visibilities at which a KIngress would share a ListenerSet, if it were on the same
// Gateway.
func Shares(ing *v1alpha1.Ingress, set *gatewayv1.ListenerSet) []v1alpha1.IngressVisibility {
	domains := sets.New[domain]()
	for _, entry := range set.Spec.Listeners {
		if entry.Hostname != nil && entry.TLS != nil && len(entry.TLS.CertificateRefs) > 0 {
			domains.Insert(domainOf(string(*entry.Hostname), string(entry.TLS.CertificateRefs[0].Name)))
		}
	}
	return slices.DeleteFunc(slices.Clone(config.Visibilities), func(visibility v1alpha1.IngressVisibility) bool {
		return len(domainsOf(ing, visibility, domains)) == 0
	})
}

// Sharing tells which of very many KIngresses with the same Secret the translation of one of them needs,
// at one visibility: of each domain the oldest MaxOwners, and one more, which shows that there are more.
type Sharing struct {
	visibility v1alpha1.IngressVisibility
	// missing is how many KIngresses are still needed, by domain.
	missing map[domain]int
}

// NewSharing is for a KIngress and a Secret of its namespace, before any other KIngress is added.
func NewSharing(ing *v1alpha1.Ingress, secret string, visibility v1alpha1.IngressVisibility) Sharing {
	sharing, domains := Sharing{visibility: visibility, missing: map[domain]int{}}, sets.New[domain]()
	for _, tls := range ing.Spec.TLS {
		if tls.SecretName != secret {
			continue
		}
		for _, host := range tls.Hosts {
			domains.Insert(domainOf(host, secret))
		}
		if len(tls.Hosts) == 0 {
			for host := range hostsAt(ing, v1alpha1.IngressVisibilityExternalIP).Set {
				domains.Insert(domainOf(host, secret))
			}
		}
	}
	for of := range domainsOf(ing, visibility, domains) {
		sharing.missing[of] = MaxOwners + 1
	}
	return sharing
}

// Complete tells whether no other KIngress is needed.
func (s Sharing) Complete() bool { return len(s.missing) == 0 }

// Needs tells whether another KIngress of the namespace is needed.
func (s Sharing) Needs(ing *v1alpha1.Ingress) bool {
	return len(domainsOf(ing, s.visibility, s.missing)) > 0
}

// Add adds another KIngress on the same Gateway. The oldest must be added first.
func (s Sharing) Add(ing *v1alpha1.Ingress) {
	for of := range domainsOf(ing, s.visibility, s.missing) {
		if s.missing[of]--; s.missing[of] == 0 {
			delete(s.missing, of)
		}
	}
}
