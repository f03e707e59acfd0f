// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"iter"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// admitting are the hostnames of listeners that admit a host in lower case, the most specific first, as
// dataplane.Admits decides; without the empty hostname.
func admitting(host string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield(host) {
			return
		}
		for i := 1; i < len(host); i++ {
			if host[i] == '.' && host[:i] != "*" && !yield("*"+host[i:]) {
				return
			}
		}
	}
}

// hostSet are hosts of a KIngress.
type hostSet struct {
	sets.Set[string]
	// admitted are the hostnames that admit one of them; nil until it is needed for a wildcard.
	admitted sets.Set[string]
}

// reached tells whether a listener's hostname admits one of the hosts.
func (h *hostSet) reached(hostname string) bool {
	if !strings.HasPrefix(hostname, "*") {
		return h.Has(hostname)
	}
	if h.admitted == nil {
		h.admitted = sets.New[string]()
		for host := range h.Set {
			for admits := range admitting(host) {
				h.admitted.Insert(admits)
			}
		}
	}
	return h.admitted.Has(hostname)
}

// hostsAt are all hosts of a KIngress at a visibility.
func hostsAt(ing *v1alpha1.Ingress, visibility v1alpha1.IngressVisibility) *hostSet {
	found := &hostSet{Set: sets.New[string]()}
	for _, rule := range ing.Spec.Rules {
		if rules.Visibility(rule) == visibility {
			found.Insert(rule.Hosts...)
		}
	}
	return found
}
