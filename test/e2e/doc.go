// SPDX-License-Identifier: Apache-2.0

// Package e2e shows on a real cluster, with real Gateways and real requests, what
// SPEC promises of services, Gateways and conditions. Each test carries the ids of
// the behaviours that it shows.
//
// Tests run in parallel: none of them changes config-gateway, the installation, or
// Gateways of others. Those that do are in the package installation beside.
package e2e
