// SPDX-License-Identifier: Apache-2.0

// Package check looks for each fault of an installation that can be seen from outside, and says for each the command that
// mends it.
package check
