// SPDX-License-Identifier: Apache-2.0

// Package watch starts informers when something needs them and stops them when
// nothing does.
//
// Knative's injected informers start with the process and must sync before it works.
// That fits neither kinds whose CRDs may arrive later (SPEC B-INS-7), nor objects of
// which we need only those of a namespace, a label or a name (SPEC B-OPS-2). A Set
// holds one informer for each Scope that was asked for.
//
// It knows nothing of KIngresses and makes no decisions. What comes next:
// pkg/reconciler/ingress reads its indexers.
package watch
