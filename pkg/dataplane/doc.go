// SPDX-License-Identifier: Apache-2.0

// Package dataplane reads what a Gateway offers to its clients: its listeners,
// the one that serves a host, the Service in front of its pods, the pods' addresses, and the
// address to publish.
//
// It is pure: objects in, facts out. What comes next: pkg/prober asks the addresses,
// pkg/status publishes the load balancer.
package dataplane
