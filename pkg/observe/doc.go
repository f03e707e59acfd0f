// SPDX-License-Identifier: Apache-2.0

// Package observe reads what the translation and the status of a KIngress depend on:
//
//	Related    its namespace, its backends, and its own objects        related.go
//	           (then pkg/selection chooses a Gateway for each visibility)
//	Gateways   these Gateways, and who else uses them                  gateways.go
//
// The [Observation] is immutable. The package derives from it the input of pkg/translate (input.go), the
// objects that stay although they are not rendered (preserved.go), those that must not stay
// (withdrawn.go), the facts for pkg/status (side.go, facts.go), and the listener at which a data plane is asked for
// a proof (listener.go).
//
// It is pure but for its [Reader]: that of the controller reads from informers (pkg/reconciler/ingress),
// that of the goldens from the objects of a case (pkg/translate). What comes next: pkg/translate.
package observe
