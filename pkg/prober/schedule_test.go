// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"fmt"
	"testing"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// B-RDY-2, issue 4: bounded backoff, at most 2 s while an owner waits.
func TestBackoffIsBounded(t *testing.T) {
	simulate(t, func(t *testing.T, m *model, w *watch) {
		target := at("10.0.0.1:80", 0)
		w.Check(alice, []probe.Target{target})
		after(time.Minute)
		tries := m.since(target, time.Time{})
		if n := len(tries); n < 40 || n > 75 {
			t.Errorf("%d tries in a minute", n)
		}
		for i := 1; i < len(tries); i++ {
			gap := tries[i].Sub(tries[i-1])
			if gap > 2*time.Second+5*time.Millisecond {
				t.Errorf("try %d after %v", i, gap)
			}
			if age := tries[i-1].Sub(tries[0]); gap > 50*time.Millisecond+age*45/100 {
				t.Errorf("try %d after %v, at an age of %v", i, gap, age)
			}
		}
		m.set(func() { m.served[target] = time.Now() })
		after(3 * time.Second)
		if !w.Check(alice, []probe.Target{target}).Proven() {
			t.Error("not proven")
		}
		n := m.total()
		after(time.Hour)
		if m.total() != n {
			t.Error("a proven target was asked again")
		}
	})
}

// Fairness: black-holed addresses, each with hundreds of targets, do not delay another address.
func TestBlackHolesDelayNobodyElse(t *testing.T) {
	simulate(t, func(t *testing.T, m *model, w *watch) {
		var dark []probe.Target
		for a := range 20 {
			address := fmt.Sprintf("10.1.0.%d:80", a)
			m.down[address] = true
			dark = append(dark, many(address, 300)...)
		}
		w.Check(alice, dark)
		after(5 * time.Second)
		for i := range 5 {
			began := time.Now()
			target := at("10.0.0.1:80", i)
			m.set(func() { m.served[target] = began })
			w.Check(bob, []probe.Target{target})
			after(10 * time.Millisecond)
			if !w.Known(bob).Proven() {
				t.Errorf("target %d of a healthy address waits for black holes", i)
			}
		}
		if n := m.total(); n > 20*300 {
			t.Errorf("%d dials of dead addresses in 5 s", n)
		}
		since, refused := w.Known(alice).RefusedSince()
		if !refused || time.Since(since) < 3*time.Second {
			t.Errorf("6,000 targets at dead addresses: refused %v since %v", refused, since)
		}
	})
}

// Fairness among the targets of one address: backends that hang do not delay the others, and the
// address does not count as unreachable.
func TestHangingBackendsDelayNobodyElse(t *testing.T) {
	simulate(t, func(t *testing.T, m *model, w *watch) {
		hanging := many("10.0.0.1:80", 100)
		for _, target := range hanging {
			m.hangs[target] = true
		}
		healthy := at("10.0.0.1:80", 1000)
		w.Check(bob, []probe.Target{healthy})
		after(100 * time.Millisecond)
		w.Check(alice, hanging)
		after(20 * time.Second)
		m.set(func() { m.served[healthy] = time.Now() })
		w.Nudge(bob)
		after(50 * time.Millisecond)
		if !w.Known(bob).Proven() {
			t.Error("a hanging backend delays another")
		}
		if r, _ := w.Known(alice).Problem(); r.Kind != probe.NoAnswer {
			t.Errorf("hanging backend: %+v", r)
		}
	})
}

// One dial speaks for all targets at a dead address, and all are tried at once when it is back.
func TestDeadAddressComesBack(t *testing.T) { // B-RDY-1
	simulate(t, func(t *testing.T, m *model, w *watch) {
		targets := many("10.0.0.1:80", 200)
		m.down["10.0.0.1:80"] = true
		w.Check(alice, targets)
		after(30 * time.Second)
		if n := m.total(); n > 35 {
			t.Errorf("%d dials in 30 s", n)
		}
		// What begins to wait now learns at once since when the address is dead.
		w.Check(bob, targets[:1])
		after(3 * time.Second)
		if c := probe.Choose(probe.Auto, probe.Offer{Endpoints: []string{"10.0.0.1:80"}}, w.Known(bob), time.Now()); c.Mode != probe.Status {
			t.Errorf("chose %+v", c)
		}
		m.set(func() {
			m.down["10.0.0.1:80"] = false
			for _, target := range targets {
				m.served[target] = time.Now()
			}
		})
		after(5 * time.Second) // 2.4 until it is asked, and one for each 100 targets
		if !w.Known(alice).Proven() || !w.Known(bob).Proven() {
			t.Errorf("proven %d of %d", w.count(alice, probe.Proven), len(targets))
		}
	})
}

// Thousands of pending targets are all asked, and none of their addresses more than it can bear.
func TestManyTargetsShareTheRate(t *testing.T) { // B-OPS-1
	for _, addresses := range []int{3, 20} {
		simulate(t, func(t *testing.T, m *model, w *watch) {
			for a := range addresses {
				owner := alice
				owner.Name.Name = fmt.Sprint(a)
				w.Check(owner, many(fmt.Sprintf("10.0.0.%d:80", a), 1000))
			}
			after(30 * time.Second)
			each := min(100, 800/addresses) // 64 workers are enough for eight addresses
			tries, recent := map[string]int{}, map[probe.Target]bool{}
			for _, a := range m.asked {
				tries[a.Address]++
				if time.Since(a.at) < time.Duration(1100/each)*time.Second {
					recent[a.Target] = true
				}
			}
			for address, n := range tries {
				if n < 29*each || n > 31*each {
					t.Errorf("one of %d, %s, was asked %d times in 30 s", addresses, address, n)
				}
			}
			if len(recent) != 1000*addresses {
				t.Errorf("%d of %d targets were asked of late", len(recent), 1000*addresses)
			}
		})
	}
}
