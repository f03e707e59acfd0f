// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// Random calls, outages and changes: a target is proven only if it was served while it was asked for, nothing is left
// behind, and in the end everything that is served is proven. B-RDY-1, B-RDY-4, B-OPS-3
func TestRandomOrders(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			simulate(t, func(t *testing.T, m *model, w *watch) { randomOrder(t, m, w, rand.New(rand.NewPCG(seed, 1))) })
		})
	}
}

func randomOrder(t *testing.T, m *model, w *watch, r *rand.Rand) {
	owners := []Owner{alice, bob, {UID: "3", Name: alice.Name}}
	var pool []probe.Target
	for a := range 3 {
		pool = append(pool, many(fmt.Sprintf("10.0.0.%d:80", a), 4)...)
	}
	everServed := map[probe.Target]bool{}
	wanted := map[Owner][]probe.Target{}
	sample := func() []probe.Target {
		var out []probe.Target
		for range r.IntN(5) {
			out = append(out, pool[r.IntN(len(pool))])
		}
		return out
	}
	for range 200 {
		owner, target := owners[r.IntN(len(owners))], pool[r.IntN(len(pool))]
		switch r.IntN(8) {
		case 0, 1:
			wanted[owner] = sample()
			w.Check(owner, wanted[owner], sample()...)
		case 2:
			w.Nudge(owner)
		case 3:
			w.Evict(owner)
			delete(wanted, owner)
		case 4:
			m.set(func() { m.served[target] = time.Now() })
			everServed[target] = true
		case 5:
			m.set(func() { m.down[target.Address] = !m.down[target.Address] })
		case 6:
			m.set(func() { m.hangs[target] = !m.hangs[target] })
		default:
			after(time.Duration(r.IntN(3000)) * time.Millisecond)
		}
		for _, result := range w.Known(owner).Results {
			if result.State == probe.Proven && !everServed[result.Target] {
				t.Fatalf("proven without being served: %v", result)
			}
			if result.State == probe.Failed && (result.Kind == "" || result.Err == "" || result.Since.IsZero() || result.RefusedSince.IsZero() == result.Kind.Refuses()) {
				t.Fatalf("half a failure: %+v", result)
			}
		}
	}
	settles(t, m, w, pool, wanted)
}

// settles fails unless all that is wanted is proven within a minute once everything is served, and nothing else is left.
func settles(t *testing.T, m *model, w *watch, pool []probe.Target, wanted map[Owner][]probe.Target) {
	t.Helper()
	m.set(func() {
		clear(m.down)
		clear(m.hangs)
		for _, target := range pool {
			m.served[target] = time.Now()
		}
	})
	after(time.Minute)
	for owner, targets := range wanted {
		report := w.Known(owner)
		if len(report.Results) > 0 && !report.Proven() || len(targets) > len(report.Results) {
			t.Fatalf("%s with %d targets: %+v", owner.Name, len(targets), report)
		}
	}
	if len(w.queues)+len(w.roundRobin)+w.running+w.mayHang+len(w.toNotify) != 0 || len(w.subscriptions) != len(wanted) {
		t.Fatalf("left: %d queues, %d in the rotation, %d running, %d that may hang, %d owners of %d",
			len(w.queues), len(w.roundRobin), w.running, w.mayHang, len(w.subscriptions), len(wanted))
	}
}
