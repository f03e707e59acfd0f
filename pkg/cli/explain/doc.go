// SPDX-License-Identifier: Apache-2.0

// Package explain makes the report of one service: which Gateway serves it, what is right and what is not, in the order in
// which one would look. It goes from values to values; pkg/cli/find finds the service before it.
package explain
