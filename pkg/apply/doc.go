// SPDX-License-Identifier: Apache-2.0

// Package apply writes the desired objects, with as few writes as possible.
//
// plan.go is a pure diff with one ownership rule for all kinds that the controller writes
// (kinds.go names them, and which of their fields are ours): an object that the KIngress
// does not control is never changed or deleted (SPEC B-TRN-5). apply.go writes: it
// creates a new object, so that it never merges into one of others, and changes an
// existing one by server-side apply under a field manager of our own, so that
// labels, annotations and fields of others survive (SPEC B-TRN-6). listeners.go alone writes
// to objects of others: a KIngress's listeners onto their Gateway, under a field manager of
// the KIngress's own.
//
// When another writer keeps changing what is ours, the controller repairs it after ever
// longer pauses (contests.go). trim.go drops from cached objects what Plan does not read.
//
// The package does not know why an object is wanted. What comes next: pkg/prober proves that
// what was written is served.
package apply
