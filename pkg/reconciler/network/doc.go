// SPDX-License-Identifier: Apache-2.0

// Package network follows the one-line switch in config-network: while that has
// `network-layer: gateway-api` it sets the key `ingress-class` there, and removes it when the
// line is gone. It never overrides a value that another field manager owns.
package network
