// SPDX-License-Identifier: Apache-2.0

// Package fakenet is a TCP network in memory, for tests. A goroutine that waits for a
// connection, or for what comes over one, waits for nothing outside of its synctest bubble,
// so the bubble's time can go on. It knows nothing of HTTP.
package fakenet
