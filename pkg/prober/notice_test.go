// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// notify tells of changes only, and of a proof at once.
func TestNotices(t *testing.T) { // B-RDY-4
	simulate(t, func(t *testing.T, m *model, w *watch) {
		one, two := at("10.0.0.1:80", 1), at("10.0.0.1:80", 2)
		internal := at("10.0.0.2:80", 3)
		internal.Gateway.Name = "internal"
		all := []probe.Target{one, two, internal}
		m.served[internal] = time.Now().Add(10 * time.Second)
		w.Check(alice, all)
		after(400 * time.Millisecond)
		expect := func(what string, n int) {
			t.Helper()
			synctest.Wait()
			if got := w.notices(alice); got != n {
				t.Errorf("%s: %d notices, want %d", what, got, n)
			}
		}
		expect("routes that were just written", 0)
		after(5 * time.Second)
		expect("failing since long", 1)
		after(7 * time.Second)
		expect("all of one Gateway proven", 2) // B-RDY-5
		m.set(func() { m.served[one] = time.Now() })
		w.Check(alice, all)
		after(5 * time.Second)
		expect("one of two proven", 3)
		m.set(func() { m.served[two] = time.Now() })
		w.Nudge(alice)
		after(10 * time.Millisecond)
		expect("all proven", 4)
		after(time.Hour)
		expect("nothing new", 4)
	})
}
