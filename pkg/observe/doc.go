// SPDX-License-Identifier: Apache-2.0

// Package observe reads what the translation and the status of a KIngress depend on:
//
//	Related    its namespace, its backends, and its own objects        related.go
//	           (then pkg/selection chooses a Gateway for each visibility)
//	Gateways   these Gateways, and who else uses them                  gateways.go
//
// The [Observation] that comes out does not change any more; from it are made what
// pkg/translate takes (input.go), what stays though it is not rendered (preserved.go), what
// must not stay (withdrawn.go), and what pkg/status has to know (side.go, facts.go).
//
// It is pure but for the [Reader] that is given to it: the controller's reads from informers
// (pkg/reconciler/ingress), that of the goldens from the objects of a case (pkg/translate).
// What comes next: pkg/translate.
package observe
