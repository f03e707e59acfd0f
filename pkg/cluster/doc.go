// SPDX-License-Identifier: Apache-2.0

// Package cluster reads Kubernetes objects for the reconcilers, from informers that
// pkg/watch starts when they are first needed. It names what is watched and with
// which selectors, and what is kept of it (trim.go), and tells whether there is anything
// to work with: the Gateway API's CRDs, and no other controller that serves our class.
//
// It writes nothing and decides nothing about KIngresses. What comes next:
// pkg/reconciler/ingress and pkg/reconciler/gateway.
package cluster
