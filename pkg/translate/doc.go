// SPDX-License-Identifier: Apache-2.0

// Package translate turns a KIngress into Gateway API objects. [Ingress] is a row of stages, each of
// which takes values and returns values.
//
//	listeners.NewPlan      where TLS to each host ends, and which listeners that takes
//	rules.Read             which rules each group of hosts serves
//	for each of these rule sets:
//	    backendtls.Secure  what TLS to its backends takes
//	    rules.Resolve      its backends, as Services and ports
//	    Renderer.Render    its HTTPRoutes, and the Proofs that they are served
//	routes.Settle          what is left of the version before goes
//	attached.Read          what HTTPRoutes of users add to the hosts
//	for each of these rule sets:
//	    RenderAttached     its HTTPRoutes, beside those of the KIngress
//	Plan.Finish            the listeners, with what leaving routes still need of them
//
// All stages read one input.Input, and names gives the objects their names. A package here uses only
// those before it: input, names, rules, listeners and backendtls, attached, routes.
//
// The packages are pure: they know no client, lister, logger, context or clock, and never change their
// input. They return a Gap for what a gateway cannot do, and a Refusal for what cannot be translated at
// all. A rule that cannot be served keeps its match and answers 500, so that its requests do not go to
// the backends of another rule.
//
// What comes next: pkg/apply diffs the result against the cluster.
package translate
