// SPDX-License-Identifier: Apache-2.0

// Command bench measures the plugin on a real cluster and prints a table and JSON.
// Where there is one, a figure stands beside the bare minimum of the same run: what a
// client that writes the least, and waits for the same answers, takes on the same
// Gateways. Beside it is also what the project promises; to miss that is no failure,
// to have measured nothing is.
//
// It runs inside the cluster's network namespace, on a cluster with nothing else to
// do: make bench, or make bench BENCH='-only rollouts'. -h lists the measurements.
//
// Requests under load come at a constant rate on kept connections, from vegeta. Go's
// transport sends a request again on a new connection when a kept one was closed before
// any answer; so a Gateway that closes idle connections costs no failure, as with any
// normal client.
package main
