// SPDX-License-Identifier: Apache-2.0

// Command webhook is the admission webhook that refuses a bad config-gateway
// before it is stored. It only wires: the rules are in pkg/config, serving and
// certificates in knative.dev/pkg/webhook.
package main
