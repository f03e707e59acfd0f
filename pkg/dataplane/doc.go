// SPDX-License-Identifier: Apache-2.0

// Package dataplane reads from objects what a Gateway offers: its listeners, and which of them
// serves a host and admits a namespace; the Service in front of its pods, and the pods' addresses;
// the address to publish, and whether clients outside the cluster reach it.
//
// It is pure: objects in, facts out. What comes next: pkg/prober asks the addresses,
// pkg/status publishes the load balancer.
package dataplane
