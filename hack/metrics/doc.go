// SPDX-License-Identifier: Apache-2.0

// Command metrics generates what is known of metrics twice: the list in docs/metrics.md, from pkg/metrics, and
// config/monitoring/dashboard.yaml, from dashboard.json beside it.
//
// With -rules it prints the rules in config/monitoring/alerts.yaml as a file for Prometheus without its operator; -divide
// makes them fire so many times sooner, for tests.
package main
