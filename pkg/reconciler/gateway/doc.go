// SPDX-License-Identifier: Apache-2.0

// Package gateway reconciles config-gateway: it creates the Gateways of entries that
// name none, deletes those of its own that no entry names and no HTTPRoute of the controller
// is attached to, and records Events about what is wrong with the file and with the Gateways
// that it names. There is one key, the ConfigMap.
//
// It never writes a Gateway that it did not create, and knows nothing of KIngresses.
package gateway
