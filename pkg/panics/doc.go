// SPDX-License-Identifier: Apache-2.0

// Package panics keeps a panic over one object from ending the process: the next leader would
// meet the same object, and no KIngress would be reconciled. It wraps what goroutines call for
// an object: work on a key, parallel writes, and the event handlers and indexes of informers.
//
// A panic becomes an [Error], which its caller reports and retries like any other unexpected one.
package panics
