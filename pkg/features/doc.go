// SPDX-License-Identifier: Apache-2.0

// Package features says what a Gateway API implementation can do.
//
// It adds up three sources: status.supportedFeatures of the GatewayClass, the
// implementation's published conformance report (as table.go, because some
// implementations fill no status), and what the operator adds in config-gateway.
// The core features of Gateway and HTTPRoute are always included.
//
// behaviour.go has what no feature tells, by controller, each fact with how it is known.
package features
