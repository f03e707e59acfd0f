// SPDX-License-Identifier: Apache-2.0

// Package attached reads HTTPRoutes of users whose parent is the Knative Service or DomainMapping that owns
// the hosts, into rule sets beside those of the parent's KIngress:
//
//	whose parent it is, and which hosts it may serve     frontend.go, hosts.go
//	which matches it may have                            match.go, claims.go
//	which filters and other fields it may have           filters.go, headers.go
//	backends: Knative Services and plain Services        backends.go, compose.go, weights.go, serve.go
//	what came of it, for the status of the HTTPRoute     outcome.go
//
// A match that the route may not have is dropped. A rule that cannot be served as it says keeps its matches
// and answers 500: without them, its requests would go to the backend of a less specific rule, which is the
// wrong service.
//
// The package is pure. What comes next: pkg/translate/routes renders the sets.
package attached
