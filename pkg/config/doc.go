// SPDX-License-Identifier: Apache-2.0

// Package config turns the ConfigMap config-gateway into a typed, validated
// Config: which Gateways serve external and which serve cluster-local hosts.
//
// Parse is pure. It reports every mistake at once, each with its key, entry and
// field, for example data[external-gateways][1].gateway. The webhook calls
// NewFromConfigMap, which is strict. The controller has a Store, which keeps the last
// good Config when the data are bad, and takes an unknown key for a warning, so
// that an older controller accepts a file written for a newer one.
package config
