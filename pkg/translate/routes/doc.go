// SPDX-License-Identifier: Apache-2.0

// Package routes renders rule sets as HTTPRoutes, with the probes that prove that they are served.
//
//	Render: redirects    which hosts HTTP is redirected for             redirect.go
//	        attachments  which listeners of the Gateway they name       parents.go
//	        parts        which hosts and rules are on which HTTPRoute   parts.go, order.go
//	        the rules    and how far their change may go now            httproute.go, attachedrule.go, stage.go
//	        probe rules  and the Proofs that ask for them               probe.go, retain.go
//	        names        of the rules, for whoever reads them           rulename.go
//	Settle: what is left of the version before goes                     settle.go
//
// The pass that writes a probe rule also returns its Proof: no proof is ever read from an object. Stored
// routes are read only so that hosts and rules stay on the routes on which they are (recognise.go).
//
// The package is pure. What comes next: pkg/apply writes the objects, pkg/prober sends the probes.
package routes
