// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"fmt"
	"maps"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// The controller also writes parts of objects of other owners, which other clients may write, too:
// listeners on Gateways, and the status of KIngresses.

func listenersOn(ing *v1alpha1.Ingress, change *apply.ListenerChange) apply.Contested {
	return apply.Contested{Kind: "listeners of KIngress " + apply.NameOf(ing).String() + " on Gateway", Name: apply.NameOf(change.Gateway)}
}

// listenerBackoff is the backoff of the listeners of a KIngress. If the same ones are to be written
// again, another client has changed them.
func (r *Reconciler) listenerBackoff(ing *v1alpha1.Ingress, change *apply.ListenerChange) apply.Backoff {
	return r.contests.Due(listenersOn(ing, change), r.itself(ing), func(wrote apply.Digest) bool {
		return maps.Equal(wrote, apply.DigestOfValue(change.Desired))
	})
}

func (r *Reconciler) wroteListeners(ing *v1alpha1.Ingress, change *apply.ListenerChange, try apply.Backoff) {
	what := listenersOn(ing, change)
	r.contests.Wrote(what, r.itself(ing), apply.DigestOfValue(change.Desired), try.Times)
	if try.ShouldReport() {
		r.recordContested(ing, what, apply.ForeignManagers(change.Gateway, "spec", "listeners"))
	}
}

// statusBackoff is the backoff of the status of a KIngress. If the status is not the one that was written
// last, another client has changed it. If clients keep doing so, it returns their names.
func (r *Reconciler) statusBackoff(ctx context.Context, ing *v1alpha1.Ingress) (apply.Backoff, []string) {
	try := r.contests.Due(statusOf(ing), r.itself(ing), func(wrote apply.Digest) bool {
		return !maps.Equal(wrote, apply.DigestOfValue(ing.Status))
	})
	if !try.ShouldReport() {
		return try, nil
	}
	return try, r.statusWriters(ctx, ing) // while managedFields still name them
}

func statusOf(ing *v1alpha1.Ingress) apply.Contested {
	return apply.Contested{Kind: "status of KIngress", Name: apply.NameOf(ing)}
}

func (r *Reconciler) itself(ing *v1alpha1.Ingress) apply.Writer {
	return apply.Writer{Owner: ing.UID, Generation: ing.Generation, Now: r.clock.Now()}
}

// statusWriters are the other field managers of the status.
func (r *Reconciler) statusWriters(ctx context.Context, ing *v1alpha1.Ingress) []string {
	live, err := r.client.NetworkingV1alpha1().Ingresses(ing.Namespace).Get(ctx, ing.Name, metav1.GetOptions{})
	if err != nil {
		return nil
	}
	writers := []string{}
	for _, entry := range live.ManagedFields {
		if entry.Subresource == "status" && entry.Manager != apply.FieldManager {
			writers = append(writers, fmt.Sprintf("%s (%s of status)", entry.Manager, entry.Operation))
		}
	}
	return writers
}
