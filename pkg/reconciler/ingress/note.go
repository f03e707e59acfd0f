// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	corev1 "k8s.io/api/core/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// known is what is known of the objects of a kind: what was written lately, until informers
// show it, and what this reconcile found, by name.
type known[T apply.Object] struct {
	kind   string
	recent *watch.Recent[T]
	found  map[string]T
}

// note adds writes to both, so that no reconcile does them again, and tells with events of
// changes to objects that were there already.
func note[T apply.Object](r *Reconciler, ing *v1alpha1.Ingress, of known[T], writes []apply.Write[T]) {
	for _, write := range writes {
		name := write.Object.GetName()
		if write.Verb == apply.Deleted {
			of.recent.Forget(write.Object.GetUID())
			delete(of.found, name)
		} else {
			of.recent.Wrote(write.Object)
			of.found[name] = write.Object
		}
		if write.Verb == apply.Adopted || write.Verb == apply.Deleted {
			r.recorder.Eventf(ing, corev1.EventTypeNormal, string(write.Verb), "%s %s %s/%s", write.Verb, of.kind, write.Object.GetNamespace(), name)
		}
	}
}
