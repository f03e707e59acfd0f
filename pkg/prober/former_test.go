// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"testing"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// B-RDY-10: it is known since when neither the expected nor a former version has answered, whatever came instead, and
// nothing else than an answer of theirs ends it.
func TestUnservedSince(t *testing.T) {
	simulate(t, func(t *testing.T, m *model, w *watch) {
		target, began := at("10.0.0.1:80", 1), time.Now()
		look := func(what string, kind probe.Kind, ago time.Duration) {
			t.Helper()
			r := w.Known(alice).Results[0]
			switch got := time.Since(r.UnservedSince); {
			case r.Kind != kind:
				t.Errorf("%s: kind %s, want %s", what, r.Kind, kind)
			case ago == 0 != r.UnservedSince.IsZero(), ago != 0 && (got > ago || got < ago-3*time.Second):
				t.Errorf("%s: unserved since %v, want %v", what, got, ago)
			}
		}
		m.former[target] = true
		w.Check(alice, []probe.Target{target})
		after(10 * time.Second)
		look("the former version answers", probe.FormerVersion, 0)
		m.set(func() { m.former[target] = false })
		after(10 * time.Second)
		look("neither answers", probe.NotServed, 10*time.Second)
		m.set(func() { m.down[target.Address] = true })
		after(10 * time.Second)
		look("nor at all", probe.Unreachable, 20*time.Second)
		m.set(func() { m.down[target.Address], m.former[target] = false, true })
		after(10 * time.Second)
		look("it is back", probe.FormerVersion, 0)
		m.set(func() { m.served[target] = began })
		after(3 * time.Second)
		if r := w.Known(alice).Results[0]; r.State != probe.Proven || !r.UnservedSince.IsZero() {
			t.Errorf("got %+v", r)
		}
	})
}

// B-RDY-10: the owner hears soon that the former version answers no more.
func TestFormerVersionGoes(t *testing.T) {
	simulate(t, func(t *testing.T, m *model, w *watch) {
		target := at("10.0.0.1:80", 1)
		m.former[target] = true
		w.Check(alice, []probe.Target{target})
		after(time.Minute)
		heard := w.notices(alice)
		m.set(func() { m.former[target] = false })
		after(3 * time.Second)
		if got := w.notices(alice); got != heard+1 {
			t.Errorf("%d notices, want one more than %d", got, heard)
		}
	})
}

// B-RDY-10: where answers are late for many routes rendered anew, the data plane is busy, and that they are late is not
// counted; a single one that hangs is unserved, and so is each that gets another answer.
func TestBusyDataPlaneIsNotUnserved(t *testing.T) {
	for name, c := range map[string]struct {
		hanging int
		want    bool
	}{
		"one hangs": {1, true},
		"many hang": {40, false},
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, m *model, w *watch) {
				targets := many("10.0.0.1:80", 200)
				for _, target := range targets {
					m.former[target] = true
				}
				w.Check(alice, targets)
				after(10 * time.Second)
				m.set(func() {
					for _, target := range targets[:c.hanging] {
						m.hangs[target] = true
					}
				})
				after(time.Minute)
				unserved, _ := w.Known(alice).Unserved(time.Now(), 15*time.Second)
				if unserved != c.want {
					t.Errorf("unserved %t, want %t", unserved, c.want)
				}
				m.set(func() { clear(m.hangs); m.former[targets[0]] = false })
				after(25 * time.Second)
				if unserved, _ := w.Known(alice).Unserved(time.Now(), 15*time.Second); !unserved {
					t.Error("a target that is answered by neither version counts as served")
				}
			})
		})
	}
}
