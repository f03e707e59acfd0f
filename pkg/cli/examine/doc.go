// SPDX-License-Identifier: Apache-2.0

// Package examine asks of one KIngress what the controller asks: it observes, selects, translates and judges with the same
// pure packages. Only the answers of data planes are the controller's own: whether a version is proven is read from the
// status of the KIngress.
//
// What comes next: pkg/cli/explain, graph and preview make their reports of an [Examination].
package examine
