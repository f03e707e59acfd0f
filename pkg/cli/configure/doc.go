// SPDX-License-Identifier: Apache-2.0

// Package configure makes the reports about config-gateway: whether a file is valid, by the webhook's own rules; what is in
// effect; and what to write into an empty one.
package configure
