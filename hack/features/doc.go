// SPDX-License-Identifier: Apache-2.0

// Command features generates what net-gateways knows of Gateway API
// implementations: the table in pkg/features and those in docs/implementations.md. The source of
// features are the conformance reports that implementations publish in the module
// sigs.k8s.io/gateway-api/conformance, at the version of gateway-api in go.mod; that of the other
// tables are pkg/features/behaviour.go and pkg/dataplane/shapes.
//
// For each implementation its newest report counts; where a version was reported
// in several modes, a feature counts only if every mode has it.
package main
