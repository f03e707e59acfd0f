// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	kruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	ktesting "k8s.io/client-go/testing"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/reconciler"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/prober"
)

// cached tells what is cached about a KIngress.
func (w *world) cached(ing *v1alpha1.Ingress) (found []string) {
	if len(w.r.prober.Known(ownerOf(ing)).Results) > 0 {
		found = append(found, "targets of probes")
	}
	if _, ok := w.r.timers.byUID[ing.UID]; ok {
		found = append(found, "a report timer")
	}
	if len(w.r.ingresses.Unseen(nil, func(written *v1alpha1.Ingress) bool { return written.UID == ing.UID })) > 0 {
		found = append(found, "a write of it")
	}
	if _, ok := w.r.conflicts.objects[ownerOf(ing)]; ok {
		found = append(found, "conflicts")
	}
	if w.r.metrics.Standings(ing.UID) != nil {
		found = append(found, "what metrics count")
	}
	return found
}

// shown waits, inside a write, until informers show something. The fake API server holds its locks
// there, so that time in a bubble stands still.
func shown(wanted func() bool) {
	for !wanted() {
		runtime.Gosched()
	}
}

// TestGoneDuringReconcile: B-OPS-2, B-OPS-3, nothing stays cached of a KIngress that is deleted or
// recreated during its reconcile, or that another replica leads by then.
func TestGoneDuringReconcile(t *testing.T) {
	deleted := func(w *world) {
		w.must(w.networking.Tracker().Delete(ingresses, "default", "hello"))
		shown(func() bool {
			_, err := w.r.lister.Ingresses("default").Get("hello")
			return apierrors.IsNotFound(err)
		})
	}
	for name, goes := range map[string]func(*world){
		"deleted": deleted,
		"recreated": func(w *world) {
			next := w.ingress("hello").DeepCopy()
			deleted(w)
			next.UID, next.ResourceVersion = "uid-of-another", w.version()
			w.store(next)
			shown(func() bool {
				found, err := w.r.lister.Ingresses("default").Get("hello")
				return err == nil && found.UID == next.UID
			})
		},
		"another replica's": func(w *world) { w.r.Demote(reconciler.UniversalBucket()) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				data.deaf.Store(true)
				w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0))...))
				ing, once := w.ingress("hello"), sync.Once{}
				w.gateway.PrependReactor("create", "httproutes", func(ktesting.Action) (bool, kruntime.Object, error) {
					once.Do(func() { goes(w) })
					return false, nil, nil
				})
				w.reconcile(hello)
				if found := w.cached(ing); len(found) > 0 {
					t.Errorf("Still cached: %v", found)
				}
			})
		})
	}
}

// TestRecreatedBetweenLists: B-RDY-4, a KIngress that was deleted and created again between two lists
// arrives as an update: nothing stays cached of the old one.
func TestRecreatedBetweenLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		data.deaf.Store(true)
		w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0))...))
		w.reconcile(hello)
		ing := w.ingress("hello")
		if found := w.cached(ing); len(found) == 0 {
			t.Fatal("Nothing is cached: the test shows nothing")
		}
		next := ing.DeepCopy()
		next.UID = "uid-of-another"
		ingressEvents{&clusterEvents{r: w.r, impl: w.impl, logger: w.r.logger}}.OnUpdate(ing, next)
		if found := w.cached(ing); len(found) > 0 {
			t.Errorf("Still cached: %v", found)
		}
	})
}

// TestConflictsOfTheNext: eviction of a deleted KIngress leaves what another one of the same name
// waits for.
func TestConflictsOfTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		foreign := types.NamespacedName{Namespace: "default", Name: publicHost}
		refusals := []*apply.Refusal{{Refusal: conditions.Refusal{Code: conditions.ReasonNotOwned}, Object: foreign}}
		known := newConflicts()
		known.setWaiting(prober.Owner{UID: "first", Name: hello}, refusals)
		known.setWaiting(prober.Owner{UID: "second", Name: hello}, refusals)
		known.setWaiting(prober.Owner{UID: "first", Name: hello}, nil)
		if waiting := known.waiting(foreign); len(waiting) != 1 || waiting[0] != hello {
			t.Errorf("Waiting: %v", waiting)
		}
	})
}
