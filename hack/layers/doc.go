// SPDX-License-Identifier: Apache-2.0

// Command layers checks that the pure packages stay pure, and that files, functions
// and parameter lists stay small. Controllers decay the same way: a logger, a client
// or a clock leaks into the core.
//
//	go run ./hack/layers
//
// rules.go is the table, check.go looks at one file, tree.go at all of them.
package main
