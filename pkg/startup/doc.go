// SPDX-License-Identifier: Apache-2.0

// Package startup runs a program: with metrics that are on by default (observability.go), with its version in the log
// (version.go), and only where it can work. If it is not installed there, it ends with a sentence that says what to do
// (namespace.go). It does not know what the program is for.
package startup
