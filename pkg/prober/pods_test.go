// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"testing"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// B-RDY-1: the owner hears at once that each pod has answered at one of its addresses, and waits for no other; but for every
// pod, and for every address of which no pod is known.
func TestPodWithTwoAddresses(t *testing.T) {
	of := func(pod string, target probe.Target) probe.Target {
		target.Pod = pod
		return target
	}
	first, other := of("a", at("10.0.0.1:80", 1)), of("a", at("[fd00::1]:80", 1))
	second := of("b", at("10.0.0.2:80", 1))
	lone := at("10.0.0.3:80", 1)
	simulate(t, func(t *testing.T, m *model, w *watch) {
		m.down[other.Address] = true
		w.Check(alice, []probe.Target{other, first, second, lone})
		after(20 * time.Second)
		for i, target := range []probe.Target{first, second, lone} {
			if w.Known(alice).Proven() {
				t.Errorf("proven by %d of 3", i)
			}
			m.set(func() { m.served[target] = time.Now() })
			w.Nudge(alice)
			after(100 * time.Millisecond)
		}
		heard := w.notices(alice)
		if report := w.Check(alice, []probe.Target{other, first, second, lone}); !report.Proven() {
			t.Errorf("not proven: %+v", report)
		}
		if after(time.Minute); w.notices(alice) != heard {
			t.Error("the owner was notified of an address that it does not need")
		}
	})
}

// B-RDY-4: a pod is waited for by the address at which it listens.
func TestPodProgressing(t *testing.T) {
	older, waiting, other := at("10.0.0.1:80", 1), at("10.0.0.1:80", 2), at("[fd00::1]:80", 2)
	waiting.Pod, other.Pod = "a", "a"
	simulate(t, func(t *testing.T, m *model, w *watch) {
		m.down[other.Address] = true
		w.Check(alice, []probe.Target{older})
		w.Check(bob, []probe.Target{waiting, other})
		after(7 * time.Second)
		m.set(func() { m.served[older] = time.Now() })
		after(3 * time.Second)
		if !w.Progressing(bob) {
			t.Error("not progressing")
		}
	})
}
