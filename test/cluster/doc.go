// SPDX-License-Identifier: Apache-2.0

// Package cluster lets tests use a real cluster: it creates objects and removes them
// again, waits for them by watching, asks data planes over HTTP, and prints what an
// operator would want to see when a test fails.
//
// It needs a kubeconfig, an installed net-gateways, and to run where the addresses of
// Gateways can be reached: hack/on-cluster go test -tags e2e ./test/e2e/...
//
// It knows nothing of what net-gateways should do: the tests do.
package cluster
