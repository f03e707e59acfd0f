// SPDX-License-Identifier: Apache-2.0

// Package certificates tests what users get who let Knative ask for certificates: a real ACME
// server, real cert-manager, HTTP-01 through our routes. It needs hack/acme on the cluster, and
// changes config-network while it runs.
package certificates
