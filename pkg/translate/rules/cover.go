// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"slices"
	"strings"
)

// covers tells whether r matches every request that other matches.
func (r Rule) covers(other Rule) bool {
	for _, h := range r.Headers {
		if !slices.ContainsFunc(other.Headers, func(o Header) bool { return strings.EqualFold(o.Name, h.Name) && o.Value == h.Value }) {
			return false
		}
	}
	return isBelow(other.Path, r.Path)
}

// coverage finds the rules that cover a given one. Such a rule has a prefix of its path, and no headers
// but some of its headers, so it is found by its path and its first header.
type coverage struct {
	rules []Rule
	at    map[coverKey][]int
}

type coverKey struct {
	path   string
	header Header // of a lower-case name; none for rules without
}

func coverageOf(rules []Rule) coverage {
	found := coverage{rules: rules, at: map[coverKey][]int{}}
	for i, rule := range rules {
		key := coverKey{path: strings.TrimSuffix(rule.Path, "/")}
		if len(rule.Headers) > 0 {
			key.header = rule.Headers[0].folded()
		}
		found.at[key] = append(found.at[key], i)
	}
	return found
}

// has tells whether one of the rules with the wanted indexes covers a rule.
func (c coverage) has(rule Rule, wanted func(at int) bool) bool {
	headers := []Header{{}}
	for _, header := range rule.Headers {
		headers = append(headers, header.folded())
	}
	for end := range len(rule.Path) + 1 {
		if end < len(rule.Path) && rule.Path[end] != '/' {
			continue
		}
		for _, header := range headers {
			if slices.ContainsFunc(c.at[coverKey{rule.Path[:end], header}], func(at int) bool { return wanted(at) && c.rules[at].covers(rule) }) {
				return true
			}
		}
	}
	return false
}

func (h Header) folded() Header { return Header{Name: strings.ToLower(h.Name), Value: h.Value} }

// isBelow tells whether path lies at or under the prefix, element by element, as
// the Gateway API matches path prefixes.
func isBelow(path, prefix string) bool {
	prefix = strings.TrimSuffix(prefix, "/")
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}
