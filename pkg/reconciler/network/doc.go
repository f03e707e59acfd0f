// SPDX-License-Identifier: Apache-2.0

// Package network makes the one-line switch work: with `network-layer: gateway-api`
// in config-network it sets the key `ingress-class` there, and takes it back when the
// line goes. It never overrides somebody else's value.
package network
