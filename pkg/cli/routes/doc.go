// SPDX-License-Identifier: Apache-2.0

// Package routes makes the report of the HTTPRoutes that should exist, by the controller's own translation, and of how those
// that exist differ.
package routes
