// SPDX-License-Identifier: Apache-2.0

// Package cluster reads Kubernetes objects for the reconcilers, from informers that
// pkg/watch starts when they are first needed. It has the selectors with which each kind is
// watched, and removes from objects what the controller does not read before they are stored
// (trim.go). It also tells whether the controller can work at all: whether the Gateway API's CRDs
// are installed, and whether the single-gateway plugin still serves our ingress class (gate.go).
//
// It writes nothing and decides nothing about KIngresses. What comes next:
// pkg/reconciler/ingress and pkg/reconciler/gateway.
package cluster
