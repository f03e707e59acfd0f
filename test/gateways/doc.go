// SPDX-License-Identifier: Apache-2.0

// Package gateways tells tests which Gateways Knative uses on a cluster, by its config-gateway, and what tests must know of the
// implementation behind them that the Gateway API does not tell. It has the only table of that; no test names an implementation.
package gateways
