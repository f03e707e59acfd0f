// SPDX-License-Identifier: Apache-2.0

// Package keys holds the prefix of all annotations, labels and finalizers that are net-gateways' own
// (SPEC B-INS-12). Each key stands where it is used; docs/reference.md lists them.
package keys
