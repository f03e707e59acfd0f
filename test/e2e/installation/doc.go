// SPDX-License-Identifier: Apache-2.0

// Package installation shows on a real cluster what SPEC promises of installing,
// configuring, breaking and taking over. Its tests change config-gateway,
// config-network, the controller's Deployment and the Gateway API's CRDs; so they run
// one after the other, and each restores what it changed.
package installation
