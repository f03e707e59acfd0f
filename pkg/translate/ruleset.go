// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// RuleSet is what a group of hosts serves at one visibility. It stands between
// KIngress and HTTPRoute and knows neither.
type RuleSet struct {
	Visibility v1alpha1.IngressVisibility
	Over       Over
	// Sections are the listeners of the Gateway to which the hosts are attached; none is all that admit them.
	Sections []string
	// Hosts are sorted and without duplicates.
	Hosts []string
	Rules []Rule
}

// Rule sends the requests that match Path and Headers to Backends.
type Rule struct {
	// Field is where the rule stands in the KIngress, for messages.
	Field string
	// Path is a prefix; never empty.
	Path string
	// Headers must all match exactly; sorted by name.
	Headers []Header
	// Set are the request headers set before the split; sorted by name.
	Set []Header
	// RewriteHost replaces the Host header; empty leaves it.
	RewriteHost string
	// Backends share what the rule matches. Without any it is answered 500.
	Backends []Backend
	// Refused tells why there are no backends: the KIngress says where to send the
	// requests in a way that cannot be rendered.
	Refused bool
	// Redirect answers with a redirect to HTTPS on this port, and needs no backends; 0 does
	// not.
	Redirect int32
}

// Header is a name and its exact value.
type Header struct {
	Name, Value string
}

func (h Header) sameName(other Header) bool { return strings.EqualFold(h.Name, other.Name) }

// Backend is one share of a split.
type Backend struct {
	// Field is where the split stands in the KIngress, for messages.
	Field   string
	Service types.NamespacedName
	Port    intstr.IntOrString
	// Weight is the share, in percent of the requests; never 0.
	Weight int32
	// Set are the request headers set after the split; sorted by name.
	Set []Header
}

// refused matches the same and sends it nowhere.
func (r Rule) refused() Rule {
	return Rule{Field: r.Field, Path: r.Path, Headers: r.Headers, Refused: true}
}

// match identifies what a rule matches; two rules of one host with the same match
// are the same rule to a gateway: it ignores a path's last slash and the case of a
// header's name.
func (r Rule) match() string {
	parts := []string{}
	for _, h := range r.Headers {
		parts = append(parts, strings.ToLower(h.Name)+"\x00"+h.Value)
	}
	slices.Sort(parts)
	return strings.Join(append(parts, strings.TrimSuffix(r.Path, "/")), "\x00")
}

// covers tells whether every request that other matches is matched by r as well.
func (r Rule) covers(other Rule) bool {
	for _, h := range r.Headers {
		if !slices.ContainsFunc(other.Headers, func(o Header) bool { return strings.EqualFold(o.Name, h.Name) && o.Value == h.Value }) {
			return false
		}
	}
	return isBelow(other.Path, r.Path)
}

// bySpecificity orders rules as a gateway tries them.
func bySpecificity(a, b Rule) int {
	return cmp.Or(cmp.Compare(len(b.Path), len(a.Path)), cmp.Compare(len(b.Headers), len(a.Headers)))
}
