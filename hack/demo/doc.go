// SPDX-License-Identifier: Apache-2.0

// Command demo shows on a real cluster, with real requests, what net-gateways is
// for: Knative Services (services.yaml) on three Gateways, each served where it should be
// and nowhere else, calls between them, a certificate from an ACME server, and a canary.
// It ends with an error if any answer is wrong.
//
// main.go has the verbs. `show` is the demo: show.go has its steps, services.go and gateway.go what it waits for, waiting.go
// says so, ask.go and https.go ask the Gateways, table.go prints. On a cluster that others use, too, `install` (install.go)
// comes before it and `undo` after it; changes/ keeps the record. greeter/ is the program in the services. hack/demo/run
// and hack/demo/down call all of it.
package main
