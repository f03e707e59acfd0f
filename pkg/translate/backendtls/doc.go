// SPDX-License-Identifier: Apache-2.0

// Package backendtls makes the objects with which gateways use TLS to Knative's own backends, if
// system-internal-tls asks for it: BackendTLSPolicies (policies.go), and one ConfigMap with the
// authorities that they trust (trust.go). Services and the namespace own these, because other KIngresses
// may want the same ones.
//
// The package is pure. What comes next: pkg/translate preserves the hosts whose backends cannot be
// reached over TLS, and pkg/translate/routes renders the others.
package backendtls
