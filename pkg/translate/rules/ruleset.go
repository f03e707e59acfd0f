// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// RuleSet is what a group of hosts serves at one visibility. It stands between
// KIngress and HTTPRoute and knows neither.
type RuleSet struct {
	Visibility v1alpha1.IngressVisibility
	// Hosts are sorted and without duplicates.
	Hosts []string
	Rules []Rule
}

// Of are some hosts of the set, and what they serve.
func (s RuleSet) Of(hosts []string, served []Rule) RuleSet {
	return RuleSet{Visibility: s.Visibility, Hosts: hosts, Rules: served}
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
	// Backends get what the rule matches, by their weights. Without any it is answered 500.
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

// Backend is one of a split.
type Backend struct {
	// Field is where the split stands in the KIngress, for messages.
	Field   string
	Service types.NamespacedName
	Port    intstr.IntOrString
	// Weight is in percent of the requests; never 0.
	Weight int32
	// Set are the request headers set after the split; sorted by name.
	Set []Header
}

// String names what a resolved backend leads to.
func (b Backend) String() string {
	return b.Service.Namespace + "/" + b.Service.Name + ":" + strconv.Itoa(int(b.Port.IntVal))
}

// OfRevision tells that Serving has a Revision behind the backend, whose answers tell its probes.
func (b Backend) OfRevision() bool {
	return slices.ContainsFunc(b.Set, func(h Header) bool { return strings.EqualFold(h.Name, revisionHeader) })
}

// Secured tells that the backend is to be reached over TLS.
func (b Backend) Secured() bool {
	https := b.Port == intstr.FromInt32(networking.ServiceHTTPSPort) || b.Port == intstr.FromString(networking.ServicePortNameHTTPS)
	return https && b.OfRevision()
}

// revisionHeader is set by Serving on requests to a Revision.
const revisionHeader = "Knative-Serving-Revision"

// acmePath is where certificate authorities ask for an answer that only a new backend
// can give: it takes no traffic from another one.
const acmePath = "/.well-known/acme-challenge/"

// Challenge tells that the rule is for what certificate authorities ask.
func (r Rule) Challenge() bool { return strings.HasPrefix(r.Path, acmePath) }

// refused matches the same and sends it nowhere.
func (r Rule) refused() Rule {
	return Rule{Field: r.Field, Path: r.Path, Headers: r.Headers, Refused: true}
}

// Match identifies what a rule matches; two rules of one host with the same match
// are the same rule to a gateway: it ignores a path's last slash and the case of a
// header's name.
func (r Rule) Match() string {
	path := strings.TrimSuffix(r.Path, "/")
	if len(r.Headers) == 0 {
		return path
	}
	parts := make([]string, 0, len(r.Headers)+1)
	for _, h := range r.Headers {
		parts = append(parts, strings.ToLower(h.Name)+"\x00"+h.Value)
	}
	slices.Sort(parts)
	return strings.Join(append(parts, path), "\x00")
}

// ruleList are rules with a match each: of two with the same the first stays.
type ruleList struct {
	rules   []Rule
	matches sets.Set[string]
}

func (l *ruleList) add(rule Rule) {
	if l.matches == nil {
		l.matches = sets.New[string]()
	}
	if match := rule.Match(); !l.matches.Has(match) {
		l.matches.Insert(match)
		l.rules = append(l.rules, rule)
	}
}

// BySpecificity orders rules as a gateway tries them.
func BySpecificity(a, b Rule) int {
	return cmp.Or(cmp.Compare(len(b.Path), len(a.Path)), cmp.Compare(len(b.Headers), len(a.Headers)))
}
