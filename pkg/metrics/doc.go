// SPDX-License-Identifier: Apache-2.0

// Package metrics exports what the reconcilers know of Gateways and of the KIngresses on them (B-OPS-6):
//
//	definition.go    every metric with its name, labels and meaning; docs/metrics.md is generated from it
//	registry.go      what the reconcilers tell, in the words of pure packages
//	entries.go       what the Gateway of each entry of config-gateway is, and whether its proxies answer
//	ingresses.go     how KIngresses stand
//	probes.go        what came of probes
//	durations.go     how long a version took to be Ready
//	writes.go        requests that change something at the API server
//	export.go        all of it at a scrape
//
// Series are by Gateway and never by service, and only for Gateways that config-gateway names: an entry has at most
// 40 series, and they go with the entry. For that the package keeps its numbers itself, and OpenTelemetry
// asks for them at each scrape: what an instrument of OpenTelemetry has counted stays for the life of the process.
//
// The pure core knows nothing of meters. The reconcilers count what its packages return.
package metrics
