// SPDX-License-Identifier: Apache-2.0

// Package selection chooses the Gateway that serves a KIngress, one for each
// visibility, from the entries of config-gateway.
//
// It is pure and knows nothing of HTTPRoutes: it returns an entry, or a refusal that
// tells what to write where. What comes next: pkg/translate renders routes on the
// chosen Gateways.
package selection
