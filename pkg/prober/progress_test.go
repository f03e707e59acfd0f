// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"testing"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

const crowded = "10.0.0.1:80"

// Targets at one address, in the order of their creation; bob waits for the one in the middle.
var older, waiting, younger = at(crowded, 1), at(crowded, 2), at(crowded, 3)

// meanwhile is what happens while bob waits, and whether a data plane is progressing afterwards.
type meanwhile map[string]struct {
	happens func(m *model, w *watch)
	want    bool
}

func (cases meanwhile) test(t *testing.T) {
	t.Helper()
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, m *model, w *watch) {
				w.Check(ownerNamed("older"), []probe.Target{older})
				w.Check(bob, []probe.Target{waiting})
				test.happens(m, w)
				if got := w.Progressing(bob); got != test.want {
					t.Errorf("Progressing is %v, want %v", got, test.want)
				}
			})
		})
	}
}

func ownerNamed(name string) Owner {
	owner := alice
	owner.Name.Name = name
	return owner
}

// serve takes up a target.
func (m *model) serve(target probe.Target) {
	m.set(func() { m.served[target] = time.Now() })
	after(3 * time.Second)
}

// serveNewer takes up all of so many that are newer.
func (m *model) serveNewer(w *watch, number int) {
	after(2 * skippedCountBy)
	crowd := many(crowded, number)[10:]
	m.set(func() {
		for _, target := range crowd {
			m.served[target] = time.Now()
		}
	})
	w.Check(ownerNamed("younger"), crowd)
	after(2 * time.Second)
}

// trouble comes over bob's target and so many others while the address takes up others, one a second.
func (m *model) trouble(w *watch, have map[probe.Target]bool, beside int) {
	crowd := many(crowded, 10+beside+60)[10:]
	m.set(func() {
		for _, target := range append(crowd[:beside:beside], waiting) {
			have[target] = true
		}
	})
	w.Check(ownerNamed("crowd"), crowd)
	w.Nudge(bob)
	for _, target := range crowd[beside:] {
		m.set(func() { m.served[target] = time.Now() })
		after(time.Second)
	}
}

// TestProgressing: B-RDY-4, in a burst the data plane is progressing while older targets are taken up, and no longer once a much
// younger one was.
func TestProgressing(t *testing.T) {
	meanwhile{
		"nothing is taken up":      {func(*model, *watch) { after(3 * time.Second) }, false},
		"an older one is taken up": {func(m *model, _ *watch) { m.serve(older) }, true},
		"that was long ago":        {func(m *model, _ *watch) { m.serve(older); after(burstFor) }, false},
		"a much younger one is": {func(m *model, w *watch) {
			after(skippedBy)
			w.Check(ownerNamed("younger"), []probe.Target{younger})
			m.serve(younger)
		}, false},
		"one of the same moment is": {func(m *model, w *watch) { w.Check(ownerNamed("younger"), []probe.Target{younger}); m.serve(younger) }, true},
		"a much younger one is, and it was not asked since": {func(m *model, w *watch) {
			after(skippedBy)
			w.Check(ownerNamed("younger"), []probe.Target{younger})
			m.set(func() { m.hangs[waiting] = true }) // a try is under way
			w.Nudge(bob)
			after(100 * time.Millisecond)
			m.set(func() { m.served[younger] = time.Now() })
			w.Nudge(ownerNamed("younger"))
			after(100 * time.Millisecond)
		}, true},
		"many later ones are": {func(m *model, w *watch) { m.serveNewer(w, skippedCount+10) }, false},
		"some later ones are": {func(m *model, w *watch) { m.serveNewer(w, skippedCount/2) }, true},
		"it is proven itself": {func(m *model, _ *watch) { m.serve(waiting) }, false},
	}.test(t)
}

// TestProgressingPauses: B-RDY-4, a data plane that takes up nothing is progressing for as long as it may need for what it has to
// do, or has needed before.
func TestProgressingPauses(t *testing.T) {
	meanwhile{
		"nothing is taken up by a data plane with much to do": {func(m *model, w *watch) {
			w.Check(ownerNamed("crowd"), many(crowded, 500)[10:])
			after(8 * time.Second)
		}, true},
		"for too long": {func(m *model, w *watch) {
			w.Check(ownerNamed("crowd"), many(crowded, 500)[10:])
			after(12 * time.Second)
		}, false},
		"it rests as long as before": {func(m *model, w *watch) {
			third := at(crowded, 4)
			w.Check(ownerNamed("third"), []probe.Target{third})
			m.serve(older)
			after(15 * time.Second)
			m.serve(third)
			after(15 * time.Second)
		}, true},
		"it rests longer than ever": {func(m *model, w *watch) {
			third := at(crowded, 4)
			w.Check(ownerNamed("third"), []probe.Target{third})
			m.serve(older)
			after(15 * time.Second)
			m.serve(third)
			after(maxPause)
		}, false},
	}.test(t)
}

// TestProgressingInTrouble: B-RDY-4, what is in order where many targets have it or for a moment is a fault of a target that is
// alone with it.
func TestProgressingInTrouble(t *testing.T) {
	meanwhile{
		"it hangs for a moment": {func(m *model, w *watch) {
			m.serve(older)
			m.set(func() { m.hangs[waiting] = true })
			w.Nudge(bob)
			after(1500 * time.Millisecond)
		}, true},
		"the address went away then": {func(m *model, _ *watch) {
			m.serve(older)
			m.set(func() { m.down[crowded] = true })
			after(3 * time.Second)
		}, false},
		"the address is away for a moment in a burst": {func(m *model, w *watch) {
			w.Check(ownerNamed("crowd"), many(crowded, 400)[10:])
			m.serve(older)
			m.set(func() { m.down[crowded] = true })
			after(3 * time.Second)
		}, true},
		"and for long": {func(m *model, w *watch) {
			w.Check(ownerNamed("crowd"), many(crowded, 400)[10:])
			m.serve(older)
			m.set(func() { m.down[crowded] = true })
			after(failureGrace + 2*time.Second)
		}, false},
		"it hangs beside some":                         {func(m *model, w *watch) { m.trouble(w, m.hangs, busyTargets/2) }, false},
		"it hangs, as many do":                         {func(m *model, w *watch) { m.trouble(w, m.hangs, 2*busyTargets) }, true},
		"its backend has no endpoint, as some others'": {func(m *model, w *watch) { m.trouble(w, m.away, busyTargets/2) }, false},
		"as many others'":                              {func(m *model, w *watch) { m.trouble(w, m.away, 2*busyTargets) }, true},
	}.test(t)
}
