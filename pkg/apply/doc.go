// SPDX-License-Identifier: Apache-2.0

// Package apply writes the desired objects, with as few writes as possible.
//
// plan.go is a pure diff with one ownership rule for all kinds that the controller writes
// (kinds.go has them, and which of their fields the controller owns): an object that the KIngress
// does not control is never changed or deleted (SPEC B-TRN-5). apply.go writes: it
// creates a new object, so that it never merges into one of another owner, and changes an
// existing one by server-side apply under a field manager of the controller, so that
// labels, annotations and fields of other managers stay (SPEC B-TRN-6). listeners.go alone writes
// to objects that the controller does not own: the listeners of a KIngress onto a user's Gateway,
// under a field manager for each KIngress.
//
// When another writer keeps changing the controller's fields, the controller repairs them after ever
// longer pauses (contests.go). trim.go removes from cached objects what Plan does not read. The names of
// rules alone are no difference (rulenames.go).
//
// The package does not know why an object is wanted. What comes next: pkg/prober proves that
// what was written is served.
package apply
