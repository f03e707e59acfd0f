// SPDX-License-Identifier: Apache-2.0

// Package apply makes the cluster hold what was desired, with as few writes as that
// takes.
//
// plan.go is a pure diff with one ownership rule for all kinds that we write (kinds.go
// names them and what of each is ours): an object that the KIngress does
// not control is never changed or deleted (SPEC B-TRN-5). apply.go does the writes:
// a new object is created, so that nothing of others is ever merged into; an
// existing one is changed by server-side apply under our own field manager, so that
// labels, annotations and fields of others survive (SPEC B-TRN-6). listeners.go alone writes
// to objects of others: a KIngress's listeners onto their Gateway, under a field manager of
// each KIngress's own.
//
// What others change of ours over and over is written after ever longer pauses
// (contests.go), so that no two write without end. trim.go says what of an object none
// of this reads, and no cache need hold.
//
// It does not know why an object is wanted. What comes next: pkg/prober proves that
// what was written is served.
package apply
