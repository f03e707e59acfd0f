// SPDX-License-Identifier: Apache-2.0

// Package conditions holds the reasons of KIngress conditions, and the errors that carry one.
//
// Every reason that a condition can have is a constant here (SPEC B-RDY-6), also where an
// Event repeats it. Reasons that only Events have are beside the code that records them.
//
// It is pure and imports nothing of the project. What comes next: pkg/selection,
// pkg/translate and pkg/apply return a [Refusal], pkg/status writes it into a condition.
package conditions
