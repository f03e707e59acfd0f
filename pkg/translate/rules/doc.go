// SPDX-License-Identifier: Apache-2.0

// Package rules reads a KIngress into rule sets: groups of hosts with the rules that they serve. It
// merges rules, follows rewritten hosts to the KIngress that serves them, and resolves backends to
// Services and ports.
//
// Values that the Gateway API does not allow are refused here, by field. The package is pure and
// knows neither listeners nor HTTPRoutes. What comes next: pkg/translate/routes renders the sets.
package rules
