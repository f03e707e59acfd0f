// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/sets"
	"pgregory.net/rapid"

	"github.com/net-gateways/net-gateways/pkg/rollout"
)

// simulation is one route under random events, with what a cluster adds: the stored object, the answers to
// probes, and the published address.
type simulation struct {
	t       *rapid.T
	now     time.Time
	live    *rollout.Live
	want    rollout.Want
	weights sets.Set[string] // backends of the wanted version
	broken  sets.Set[string] // backends that do not answer
	proven  bool             // the version on the object was proven
	ready   sets.Set[string] // backends that have ever answered or been in the first version
	writes  int
	budget  int // writes that the changes so far may cost
}

const drain = time.Minute

// reconcile does with a step what the reconciler does: it writes the route if it differs.
func (w *simulation) reconcile(batchAnswers bool) {
	observed := rollout.Observed{Now: w.now, Room: 2, Drain: drain, Proven: batchAnswers}
	step := rollout.Next(w.live, w.want, observed)
	moved := step.State.Warming == nil
	leaving := step.Leaving
	if moved && w.proven && len(leaving) > 0 && w.live.State.Spec == w.want.Spec && w.live.State.Rendered == w.want.Rendered && w.live.State.Gateway == w.want.Gateway {
		if done, _ := rollout.Drained(*step.State.Moving, w.now, drain); done {
			leaving, step.State.Moving = nil, nil
		}
	}
	next := &rollout.Live{State: *rollout.Decode(step.State.Encode()), Intact: true, Gateways: append([]string{w.want.Gateway}, leaving...)}
	next.Backends = w.weights.Clone()
	if !moved {
		next.Backends = w.live.Backends
	}
	if w.live != nil && w.live.State.Encode() == next.State.Encode() && slices.Equal(w.live.Gateways, next.Gateways) {
		return
	}
	w.check(next, moved)
	if w.live == nil || w.live.State.Hash != next.State.Hash {
		w.proven = false
	}
	w.live = next
	w.writes++
}

// check fails on writes that must not happen, whatever the order of events is.
func (w *simulation) check(next *rollout.Live, moved bool) {
	if w.live == nil {
		w.ready = w.ready.Union(next.Backends)
		return
	}
	if unready := next.Backends.Difference(w.ready).Difference(w.live.Backends); unready.Len() > 0 {
		w.t.Fatalf("Traffic moves to %v, which has not answered", sets.List(unready))
	}
	if !moved && !next.Backends.Equal(w.live.Backends) {
		w.t.Fatal("A backend in use is dropped while others are warmed")
	}
	for _, gateway := range w.live.Gateways {
		if !w.proven && !slices.Contains(next.Gateways, gateway) {
			w.t.Fatalf("Gateway %s is left for %v, which is not proven", gateway, next.Gateways)
		}
	}
}

// settle lets all backends answer and time pass until nothing changes any more.
func (w *simulation) settle() {
	w.broken = sets.New[string]()
	for range 20 {
		before := w.writes
		w.answer()
		w.now = w.now.Add(2 * drain)
		w.reconcile(false)
		if w.writes == before {
			return
		}
	}
	w.t.Fatalf("It does not settle: %+v", w.live)
}

// answer lets the probes succeed: those of the batch, or of the version that is served.
func (w *simulation) answer() {
	warming := w.live.State.Warming
	switch {
	case warming == nil:
		w.proven = true
		w.reconcile(false)
	case w.broken.HasAny(warming.Batch...):
	default:
		w.ready.Insert(warming.Batch...)
		w.reconcile(true)
	}
}

func (w *simulation) change(spec int, gateway string, backends []string) {
	w.weights = sets.New(backends...)
	rendered := fmt.Sprint(sets.List(w.weights))
	w.want = rollout.Want{Spec: fmt.Sprintf("%064x", spec), Rendered: rendered, Gateway: gateway, Unproven: sets.List(w.weights)}
	w.budget += 1 + (w.weights.Len()+1)/2 // to move, and a batch for every two backends
}

// TestRandomEvents: B-RDY-3, B-RDY-4, B-SEL-5. In random orders of changes, answers, failures, restarts and
// pauses, a rollout always ends with what is wanted, never sends traffic to a backend that has not
// answered, never drops a backend or a Gateway that is in use, and writes no more than doc.go says.
func TestRandomEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &simulation{t: t, now: noon, broken: sets.New[string](), ready: sets.New[string]()}
		names := []string{"one", "two", "three", "four", "five"}
		w.change(0, "blue", names[:1])
		w.reconcile(false)
		moves := 0
		for step := range rapid.IntRange(1, 30).Draw(t, "steps") {
			switch rapid.IntRange(0, 6).Draw(t, "event") {
			case 0, 1:
				gateway := rapid.SampledFrom([]string{"blue", "green", "red"}).Draw(t, "gateway")
				if gateway != w.want.Gateway {
					moves++
				}
				w.change(rapid.SampledFrom([]int{0, step + 1}).Draw(t, "spec"), gateway, rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 5, rapid.ID).Draw(t, "backends"))
			case 2:
				w.broken = sets.New(rapid.SliceOf(rapid.SampledFrom(names)).Draw(t, "broken")...)
			case 3, 4:
				w.answer()
			case 5:
				w.now = w.now.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "seconds")) * time.Second)
			case 6:
				// A restart: only the object is left, and all is probed again.
			}
			w.reconcile(false)
		}
		w.settle()
		if w.live.State.Warming != nil || w.live.State.Rendered != w.want.Rendered || !slices.Equal(w.live.Gateways, []string{w.want.Gateway}) || w.live.State.Moving != nil {
			t.Fatalf("Settled with %+v, want %+v", w.live, w.want)
		}
		if most := w.budget + moves; w.writes > most {
			t.Fatalf("%d writes for changes that need %d", w.writes, most)
		}
	})
}
