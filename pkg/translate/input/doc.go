// SPDX-License-Identifier: Apache-2.0

// Package input is what the translation of a KIngress depends on: the KIngress, the Gateways that
// were selected for it, and what else was observed in the cluster.
//
// It is pure and decides nothing. What comes next: pkg/translate and its stages read it.
package input
