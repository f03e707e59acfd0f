// SPDX-License-Identifier: Apache-2.0

// Package overview makes the report of all Gateways that config-gateway names: how many services each has, and how they are.
package overview
