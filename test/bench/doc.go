// SPDX-License-Identifier: Apache-2.0

// Command bench measures the plugin on a real cluster and prints a table, and JSON
// with -json. Every figure stands beside the bare minimum of the same run: a client
// that writes the same Services and HTTPRoutes and waits for the same answers.
//
// It runs inside the cluster's network namespace: hack/cluster exec go run ./test/bench.
package main
