// SPDX-License-Identifier: Apache-2.0

// Package watch starts informers when something needs them and stops them when
// nothing does.
//
// Knative's injected informers start with the process and must sync before it works.
// That does not fit kinds whose CRDs may be installed later (SPEC B-INS-7), nor kinds of
// which the controller needs only a namespace, a label or a name (SPEC B-OPS-2). [Informers]
// have one for each [Scope] that was asked for; a [Set] is what one reconciler has asked for, and its
// handler hears of nothing else. [Recent] merges what the controller
// has just written into what informers show. (client-go's MutationCache holds 100 objects, a
// burst of services writes more.)
//
// It knows nothing of KIngresses. What comes next: pkg/cluster reads the indexers.
package watch
