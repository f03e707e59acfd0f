// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"testing"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// TestProgressing: B-RDY-4, in a burst the data plane is progressing while older targets are taken up, and no longer once a much
// younger one was, nothing happens, or its address does not answer.
func TestProgressing(t *testing.T) {
	const address = "10.0.0.1:80"
	owner := func(name string) Owner {
		of := alice
		of.Name.Name = name
		return of
	}
	older, waiting, younger := at(address, 1), at(address, 2), at(address, 3)
	serve := func(m *model, target probe.Target) {
		m.set(func() { m.served[target] = time.Now() })
		after(3 * time.Second)
	}
	// trouble comes over it and so many others while the address takes up others, one a second.
	trouble := func(m *model, w *watch, have map[probe.Target]bool, beside int) {
		crowd := many(address, 10+beside+60)[10:]
		m.set(func() {
			for _, target := range append(crowd[:beside:beside], waiting) {
				have[target] = true
			}
		})
		w.Check(owner("crowd"), crowd)
		w.Nudge(bob)
		for _, target := range crowd[beside:] {
			m.set(func() { m.served[target] = time.Now() })
			after(time.Second)
		}
	}
	for name, test := range map[string]struct {
		meanwhile func(m *model, w *watch)
		want      bool
	}{
		"nothing is taken up":      {func(*model, *watch) { after(3 * time.Second) }, false},
		"an older one is taken up": {func(m *model, _ *watch) { serve(m, older) }, true},
		"that was long ago":        {func(m *model, _ *watch) { serve(m, older); after(burstFor) }, false},
		"a much younger one is": {func(m *model, w *watch) {
			after(skippedBy)
			w.Check(owner("younger"), []probe.Target{younger})
			serve(m, younger)
		}, false},
		"one of the same moment is": {func(m *model, w *watch) { w.Check(owner("younger"), []probe.Target{younger}); serve(m, younger) }, true},
		"a much younger one is, and it was not asked since": {func(m *model, w *watch) {
			after(skippedBy)
			w.Check(owner("younger"), []probe.Target{younger})
			m.set(func() { m.hangs[waiting] = true }) // a try is under way
			w.Nudge(bob)
			after(100 * time.Millisecond)
			m.set(func() { m.served[younger] = time.Now() })
			w.Nudge(owner("younger"))
			after(100 * time.Millisecond)
		}, true},
		"many later ones are": {func(m *model, w *watch) {
			after(2 * skippedCountBy)
			crowd := many(address, skippedCount+10)[10:]
			m.set(func() {
				for _, target := range crowd {
					m.served[target] = time.Now()
				}
			})
			w.Check(owner("younger"), crowd)
			after(2 * time.Second)
		}, false},
		"some later ones are": {func(m *model, w *watch) {
			after(2 * skippedCountBy)
			crowd := many(address, skippedCount/2)[10:]
			m.set(func() {
				for _, target := range crowd {
					m.served[target] = time.Now()
				}
			})
			w.Check(owner("younger"), crowd)
			after(2 * time.Second)
		}, true},
		"it hangs for a moment": {func(m *model, w *watch) {
			serve(m, older)
			m.set(func() { m.hangs[waiting] = true })
			w.Nudge(bob)
			after(1500 * time.Millisecond)
		}, true},
		"the address went away then": {func(m *model, _ *watch) {
			serve(m, older)
			m.set(func() { m.down[address] = true })
			after(3 * time.Second)
		}, false},
		"the address is away for a moment in a burst": {func(m *model, w *watch) {
			w.Check(owner("crowd"), many(address, 400)[10:])
			serve(m, older)
			m.set(func() { m.down[address] = true })
			after(3 * time.Second)
		}, true},
		"and for long": {func(m *model, w *watch) {
			w.Check(owner("crowd"), many(address, 400)[10:])
			serve(m, older)
			m.set(func() { m.down[address] = true })
			after(failureGrace + 2*time.Second)
		}, false},
		"nothing is taken up by a data plane with much to do": {func(m *model, w *watch) {
			w.Check(owner("crowd"), many(address, 500)[10:])
			after(8 * time.Second)
		}, true},
		"for too long": {func(m *model, w *watch) {
			w.Check(owner("crowd"), many(address, 500)[10:])
			after(12 * time.Second)
		}, false},
		"it rests as long as before": {func(m *model, w *watch) {
			third := at(address, 4)
			w.Check(owner("third"), []probe.Target{third})
			serve(m, older)
			after(15 * time.Second)
			serve(m, third)
			after(15 * time.Second)
		}, true},
		"it rests longer than ever": {func(m *model, w *watch) {
			third := at(address, 4)
			w.Check(owner("third"), []probe.Target{third})
			serve(m, older)
			after(15 * time.Second)
			serve(m, third)
			after(burstFor + maxPause)
		}, false},
		"it hangs beside some":                         {func(m *model, w *watch) { trouble(m, w, m.hangs, busyTargets/2) }, false},
		"it hangs, as many do":                         {func(m *model, w *watch) { trouble(m, w, m.hangs, 2*busyTargets) }, true},
		"its backend has no endpoint, as some others'": {func(m *model, w *watch) { trouble(m, w, m.away, busyTargets/2) }, false},
		"as many others'":                              {func(m *model, w *watch) { trouble(m, w, m.away, 2*busyTargets) }, true},
		"it is proven itself":                          {func(m *model, _ *watch) { serve(m, waiting) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, m *model, w *watch) {
				w.Check(owner("older"), []probe.Target{older})
				w.Check(bob, []probe.Target{waiting})
				test.meanwhile(m, w)
				if got := w.Progressing(bob); got != test.want {
					t.Errorf("Progressing is %v, want %v", got, test.want)
				}
			})
		})
	}
}
