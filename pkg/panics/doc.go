// SPDX-License-Identifier: Apache-2.0

// Package panics keeps a panic over one object from ending the process: the next leader would
// meet the same object, and no KIngress would be reconciled. It wraps the functions that goroutines
// call with an object: the reconciliation of a key, parallel writes, and the event handlers and index
// functions of informers.
//
// A panic becomes an [Error], which the caller reports and retries like any other unexpected error.
package panics
