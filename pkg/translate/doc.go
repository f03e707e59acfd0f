// SPDX-License-Identifier: Apache-2.0

// Package translate turns a KIngress into Gateway API objects.
//
// It goes in two steps. The KIngress becomes RuleSets: groups of hosts with the
// rules they serve, merged, resolved and free of Kubernetes object plumbing. Each
// RuleSet then becomes one or more HTTPRoutes on the Gateway that was selected for
// its visibility. The pass that writes the probe rule of an HTTPRoute also returns
// the Proof that asks for it, so nothing is ever parsed back out of an object.
//
// What spec.tls names becomes listeners in ListenerSets (listeners.go), or on the Gateway
// itself where there are none (ongateway.go). The HTTPRoutes of a host that has one are
// attached to it besides the Gateway, and to it alone once HTTP is redirected: that is then
// an HTTPRoute of its own (redirect.go).
//
// What system-internal-tls asks for becomes BackendTLSPolicies and one ConfigMap with whom
// to trust (internaltls.go, trust.go). These belong to Services and the namespace.
//
// The package is pure: values in, values out. It knows no client, lister, logger,
// context or clock, and it never changes its input. What a gateway cannot do is
// returned as a Gap, what cannot be translated at all as a Refusal. A rule that cannot
// be served keeps its match and answers 500: no request goes to another's backends.
//
// What comes next: pkg/apply diffs the result against the cluster.
package translate
