// SPDX-License-Identifier: Apache-2.0

// Package probe asks data planes whether they serve a given version of a route.
package probe
