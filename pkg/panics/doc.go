// SPDX-License-Identifier: Apache-2.0

// Package panics keeps a panic over one object from ending the process: a controller that
// dies of it serves nobody, and the next leader meets the same object. What is called for an
// object is wrapped here wherever a goroutine would carry the panic out of our hands: work
// on a key, writes side by side, and what informers call.
//
// It decides nothing: a panic becomes an [Error], which its caller reports and retries like
// any other unexpected one.
package panics
