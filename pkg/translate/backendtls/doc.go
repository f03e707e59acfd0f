// SPDX-License-Identifier: Apache-2.0

// Package backendtls makes what gateways need to speak TLS to Knative's own backends, where
// system-internal-tls asks for it: BackendTLSPolicies (policies.go), and one ConfigMap with whom to
// trust (trust.go). These belong to Services and to the namespace: other KIngresses may want the same
// ones.
//
// The package is pure. What comes next: pkg/translate leaves out the hosts whose backends cannot be
// reached over TLS, and pkg/translate/routes renders the others.
package backendtls
