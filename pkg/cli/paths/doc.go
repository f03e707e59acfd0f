// SPDX-License-Identifier: Apache-2.0

// Package paths is the part of a report about HTTPRoutes of users whose parent is a Knative Service or DomainMapping: which
// paths they lead where, and what of them is refused and why. It is read from what the controller's translation makes of them
// (pkg/translate/attached); pkg/cli/explain, graph and preview show it.
package paths
