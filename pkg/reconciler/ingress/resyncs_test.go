// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/reconciler"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// TestNewServicesDoNotWaitForResyncs: B-TRN-11, during a resync of all services, a new one is reconciled
// as soon as the workers are done with their present ones.
func TestNewServicesDoNotWaitForResyncs(t *testing.T) {
	for name, again := range map[string]func(*world){
		"config-gateway changes": func(w *world) {
			w.configuration.OnChange(aConfigOfZones())
		},
		"another leads": func(w *world) { w.must(w.r.Promote(reconciler.UniversalBucket(), w.impl.MaybeEnqueueBucketKey)) },
		"its namespace has another label": func(w *world) {
			changed := aNamespace("default", map[string]string{"zone": "red"})
			w.replaces(changed)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := aCrowdedWorld(t, 5*workers)
				again(w)
				synctest.Wait()
				w.store(aKIngress("younger", 0))
				keys := w.drain()
				if at := slices.Index(keys, types.NamespacedName{Namespace: "default", Name: "younger"}); at < 0 || at > workers {
					t.Errorf("Looked at after %d others", at)
				}
				expect(t, "Looked at", 5*workers+2, len(distinct(keys))) // hello, too
			})
		})
	}
}

// TestResyncsTakeTurns: B-TRN-11, the namespaces of resynced KIngresses take turns.
func TestResyncsTakeTurns(t *testing.T) {
	keys := func(namespace string, n int) (found []types.NamespacedName) {
		for i := range n {
			found = append(found, types.NamespacedName{Namespace: namespace, Name: fmt.Sprint(i)})
		}
		return found
	}
	fed := []string{}
	enqueue := func(key types.NamespacedName) { fed = append(fed, key.Namespace+key.Name) }
	r := newResyncs(2)
	r.add(keys("a", 5), enqueue)
	r.add(keys("b", 2), enqueue)
	r.begun(keys("a", 1)[0])
	r.add(keys("a", 5), enqueue) // the one that is being looked at may not see what came now
	expect(t, "In the queue", []string{"a0", "a1", "a1"}, fed)
	r.begun(types.NamespacedName{Namespace: "a", Name: "3"}) // for something happened to it
	for i := 0; i < len(fed); i++ {
		r.ended(types.NamespacedName{Namespace: fed[i][:1], Name: fed[i][1:]})
	}
	expect(t, "One after the other", []string{"a0", "a1", "a1", "a2", "b0", "b1", "a4", "a0"}, fed)
	expect(t, "Left", 0, len(r.waiting)+len(r.queued)+len(r.namespaces)+len(r.lines))
}

// TestUnreadyComeFirst: B-TRN-11, B-RDY-4, after a restart KIngresses that are not Ready are reconciled first.
func TestUnreadyComeFirst(t *testing.T) {
	settled, waiting := &v1alpha1.Ingress{}, &v1alpha1.Ingress{}
	settled.Name, waiting.Name = "settled", "waiting"
	settled.Status.InitializeConditions()
	settled.Status.MarkNetworkConfigured()
	settled.Status.MarkLoadBalancerReady(nil, nil)
	expect(t, "In order", []types.NamespacedName{apply.NameOf(waiting), apply.NameOf(settled)}, inOrder([]*v1alpha1.Ingress{settled, waiting}))
}
