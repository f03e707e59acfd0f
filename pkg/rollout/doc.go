// SPDX-License-Identifier: Apache-2.0

// Package rollout is the state of an HTTPRoute's change, kept on the HTTPRoute.
//
// A restarted or new leader reads the annotation and goes on where the old one
// stopped: nothing about a rollout lives in memory only (SPEC B-RDY-4). The package
// is pure and knows nothing of Kubernetes.
//
// What comes next: the phases make, prove, move, prove, clean. They become fields
// of State and further results of Next; their callers stay as they are.
package rollout
