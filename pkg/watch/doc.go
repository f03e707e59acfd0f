// SPDX-License-Identifier: Apache-2.0

// Package watch starts informers when a reconciler needs them and stops them when
// none does.
//
// Knative's injected informers start with the process and must sync before it works.
// That does not fit kinds whose CRDs may be installed later (SPEC B-INS-7), nor kinds of
// which the controller needs only a namespace, a label or a name (SPEC B-OPS-2). [Informers]
// have one informer for each [Scope] that a reconciler has asked for. A [Set] is the scopes of one
// reconciler; its handler gets the events of these alone. [Recent] merges what the controller has
// just written into what informers show. (client-go's MutationCache holds 100 objects; a burst of
// services writes more.)
//
// It knows nothing of KIngresses. What comes next: pkg/cluster reads the indexers.
package watch
