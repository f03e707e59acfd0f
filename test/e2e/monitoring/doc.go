// SPDX-License-Identifier: Apache-2.0

// Package monitoring tests what whoever is on call sees: a real Prometheus scrapes the real controller, every query of the rules
// and of the dashboard has an answer, and a Gateway that is broken is told. It needs `hack/cluster add prometheus`, whose
// alerts fire twenty times sooner than the shipped ones.
package monitoring
