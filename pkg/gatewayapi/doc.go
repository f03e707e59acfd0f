// SPDX-License-Identifier: Apache-2.0

// Package gatewayapi says which CustomResourceDefinitions of the Gateway API net-gateways needs, from which release on, and
// what is not served without each.
//
// It is pure. What comes next: pkg/cluster reads the CRDs for the reconcilers, pkg/cli for the command line.
package gatewayapi
