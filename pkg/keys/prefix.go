// SPDX-License-Identifier: Apache-2.0

package keys

// Prefix is a DNS name that the project governs, as the conventions of the Kubernetes API ask of
// others than Kubernetes itself.
const Prefix = "net-gateways.github.io/"
