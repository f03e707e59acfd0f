// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// Sharing tells which of very many KIngresses with one Secret have to be known to translate one of
// them at a visibility: of each domain the eldest MaxOwners and one more, which says that there are
// more.
type Sharing struct {
	visibility v1alpha1.IngressVisibility
	// missing is how many are still to be known of each domain.
	missing map[domain]int
}

// NewSharing is for a KIngress and a Secret of its namespace, of which it knows nobody yet.
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

// Complete tells that nobody else has to be known.
func (s Sharing) Complete() bool { return len(s.missing) == 0 }

// Lacks tells whether another KIngress of the namespace has to be known.
func (s Sharing) Lacks(ing *v1alpha1.Ingress) bool {
	return len(domainsOf(ing, s.visibility, s.missing)) > 0
}

// Know takes in another KIngress on the same Gateway. They must come from the eldest on.
func (s Sharing) Know(ing *v1alpha1.Ingress) {
	for of := range domainsOf(ing, s.visibility, s.missing) {
		if s.missing[of]--; s.missing[of] == 0 {
			delete(s.missing, of)
		}
	}
}
