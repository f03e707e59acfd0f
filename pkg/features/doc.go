// SPDX-License-Identifier: Apache-2.0

// Package features says what a Gateway API implementation can do.
//
// Three sources are added up: what the GatewayClass reports in
// status.supportedFeatures, what the implementation's published conformance
// report claims (a table shipped with this package, see table.go, because some
// implementations fill no status), and what the operator adds in config-gateway.
// The core features of Gateway and HTTPRoute are always in.
package features
