// SPDX-License-Identifier: Apache-2.0

// Package routes renders rule sets as HTTPRoutes, and says what to ask to see that they are served.
//
//	Render: redirects    which hosts HTTP is redirected for             redirect.go
//	        attachments  which listeners of the Gateway they name       overlap.go, parents.go
//	        parts        which hosts and rules stand on which HTTPRoute parts.go, order.go
//	        the rules    and how far their change may go now            httproute.go, stage.go
//	        probe rules  and the Proofs that ask for them               probe.go, retain.go
//	Settle: what is left of the version before goes                 settle.go
//
// The pass that writes a probe rule also returns the Proof that asks for it: no proof is ever read out
// of an object. What stands is read, so that hosts and rules stay where they are (recognise.go).
//
// The package is pure. What comes next: pkg/apply writes the objects, pkg/prober asks for the proofs.
package routes
