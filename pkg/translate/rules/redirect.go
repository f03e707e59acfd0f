// SPDX-License-Identifier: Apache-2.0

package rules

// Redirected are rules that redirect all but the challenges of certificate authorities: without them
// there is no certificate to redirect to (SPEC B-TLS-2). Challenges are asked for without
// a tag's header.
func Redirected(rules []Rule, port int32) []Rule {
	redirecting := ruleList{}
	for _, rule := range rules {
		challenge, possible := combine(Rule{Field: rule.Field, Path: acmePath}, rule)
		if possible && len(rule.Headers) == 0 {
			redirecting.add(challenge)
		}
	}
	return append(redirecting.rules, Rule{Field: "spec.httpOption", Path: "/", Redirect: port})
}
