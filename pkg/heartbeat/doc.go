// SPDX-License-Identifier: Apache-2.0

// Package heartbeat asks the Gateway of every entry of config-gateway, every 30 s, whether its proxies answer (B-OPS-8).
// No KIngress, backend or status is involved, and nothing is written: any answer of HTTP or TLS counts. So the metric says
// that a proxy is dead also when no service changes, and when the Gateway's conditions still say that all is well.
//
//	heart.go         when: while this replica leads
//	plane.go         whom: the Gateway, Service and pods of an entry
//	ask.go           the requests
//	judge.go         what the answers tell; pure
//	certificates.go  and whether clients will accept what is presented for the hosts of spec.tls; certificate.go judges it
//
// What it finds goes to pkg/metrics.
package heartbeat
