// SPDX-License-Identifier: Apache-2.0

// Command demo shows on a real cluster, with real requests, what net-gateways is
// for: Knative Services (services.yaml) on three Gateways, each served where it should be
// and nowhere else, calls between them, a certificate from an ACME server, and a canary.
// It ends with an error if any answer is wrong.
//
// main.go has the steps, cluster.go talks to the API server, ask.go and
// https.go to the Gateways, table.go prints. greeter/ is the program in the services. hack/demo/run
// makes everything ready for it.
package main
