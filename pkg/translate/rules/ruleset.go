// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// RuleSet is a group of hosts of one visibility with the rules that they serve. It stands between
// KIngress and HTTPRoute, and knows neither.
type RuleSet struct {
	Visibility v1alpha1.IngressVisibility
	// Hosts are sorted and without duplicates.
	Hosts []string
	Rules []Rule
}

// Of is the set for some of its hosts, with the given rules.
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
	// Backends get the requests that the rule matches, by their weights. If there are none, these get a
	// 500.
	Backends []Backend
	// Refused tells that there are no backends because the ones that the KIngress names cannot be
	// rendered.
	Refused bool
	// Redirect is the port of HTTPS to which the rule redirects, without backends; 0 does not redirect.
	Redirect int32
	// Attached is what a rule of a user's HTTPRoute has besides, or nil: see pkg/translate/attached.
	Attached *Attached
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
	// Modify is how a user's HTTPRoute changes the request headers after the split besides, or nil.
	Modify *gatewayv1.HTTPHeaderFilter
	// Unresolved is the reference of a user's HTTPRoute to something that does not exist, or nil. The gateway
	// answers its share of the requests with 500.
	Unresolved *gatewayv1.BackendObjectReference
}

// Unresolved tells that a backend of the rule does not exist.
func (r Rule) Unresolved() bool {
	return slices.ContainsFunc(r.Backends, func(backend Backend) bool { return backend.Unresolved != nil })
}

// String names what a resolved backend leads to.
func (b Backend) String() string {
	return b.Service.Namespace + "/" + b.Service.Name + ":" + strconv.Itoa(int(b.Port.IntVal))
}

// OfRevision tells that the backend is a Revision of Serving, which answers probes.
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

// acmePath is where certificate authorities ask for an answer that only the solver gives. The solver
// takes no traffic from another backend.
const acmePath = "/.well-known/acme-challenge/"

// Challenge tells that the rule is for the requests of certificate authorities.
func (r Rule) Challenge() bool { return strings.HasPrefix(r.Path, acmePath) }

// refused is the rule with the same match and no backends.
func (r Rule) refused() Rule {
	return Rule{Field: r.Field, Path: r.Path, Headers: r.Headers, Refused: true}
}
