// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// B-RDY-1: 300 targets at an address that swallows dials and 300 at one that accepts and is
// silent do not delay a healthy one.
func TestBlackHoles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hole := listen4().Addr().String() // nobody accepts
		silent := silentPeer(t).Address
		p := newPlane(t, plain)
		p.serve("a.example.com", "v1")
		w := newWatch(t, Options{Attempt: 3 * time.Second})
		w.Check(bob, append(many(hole, 300), many(silent, 300)...))
		began := time.Now()
		if got := w.first(t, p.target("a.example.com", "v1")); got.State != probe.Proven {
			t.Errorf("got %+v", got)
		}
		if took := time.Since(began); took > 100*time.Millisecond {
			t.Errorf("took %v", took)
		}
		w.until(t, "all of them known to be unreachable", func() bool { _, refused := w.Known(bob).RefusedSince(); return refused })
		texts := map[string]bool{}
		for _, r := range w.Known(bob).Results {
			texts[r.Address+" "+r.Err] = true
		}
		if len(texts) != 2 || !texts[hole+" no connection within 3s"] || !texts[silent+" no answer within 3s"] {
			t.Errorf("causes: %v", texts)
		}
	})
}

// 1,000 targets at one address, over http and https.
func TestThousandTargets(t *testing.T) { // B-OPS-1
	for name, start := range map[string]func(*plane){"http": plain, "https": secure} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 1000
				if name == "https" {
					n = 200 // the handshakes of the race detector take their time
				}
				p := newPlane(t, start)
				var targets []probe.Target
				for i := range n {
					target := p.target(fmt.Sprintf("h%d", i), "v1")
					targets = append(targets, target)
				}
				w := newWatch(t, Options{})
				w.Check(alice, targets)
				w.until(t, "each asked once", func() bool { return w.Known(alice).Count(probe.Failed) == n })
				for _, target := range targets {
					p.serve(target.Host, "v1")
				}
				w.until(t, "all proven", func() bool { return w.Known(alice).Proven() })
				if _, _, requests := p.count(); requests > 100*n {
					t.Errorf("%d requests", requests)
				}
			})
		})
	}
}
