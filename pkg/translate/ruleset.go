// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
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
	Backends    []Backend
}

// Header is a name and its exact value.
type Header struct {
	Name, Value string
}

// Backend is one share of a split.
type Backend struct {
	// Field is where the split stands in the KIngress, for messages.
	Field   string
	Service types.NamespacedName
	Port    intstr.IntOrString
	// Weight is the share in percent; never 0.
	Weight int32
	// Set are the request headers set after the split; sorted by name.
	Set []Header
}

// match identifies what a rule matches; two rules of one host with the same match
// are the same rule to a gateway.
func (r Rule) match() string {
	key := r.Path
	for _, h := range r.Headers {
		key += "\x00" + h.Name + "\x00" + h.Value
	}
	return key
}
