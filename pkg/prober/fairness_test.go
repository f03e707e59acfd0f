// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// B-RDY-1: 300 targets at an address that swallows dials and 300 at one that accepts and is
// silent do not delay a healthy one.
func TestBlackHoles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hole := listen4().Addr().String() // no connection is accepted
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
				w.until(t, "each asked once", func() bool { return w.count(alice, probe.Failed) == n })
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

// TestNamespacesTakeTurns: B-RDY-1, B-OPS-5, the services of one namespace that are not Ready, however many there are and
// whatever their backends answer, do not delay the proof of another's.
func TestNamespacesTakeTurns(t *testing.T) {
	type theirs struct {
		answer func(n int64) outcome
		late   time.Duration // at most, for the others
	}
	silence := func(int64) outcome { return outcome{kind: probe.Unreachable, err: "no answer within 1s", silent: true} }
	for name, theirs := range map[string]theirs{
		"not served": {func(int64) outcome { return outcome{code: 404, kind: probe.NotServed, err: statusText(404)} }, 300 * time.Millisecond},
		"another error each time": {func(n int64) outcome {
			code := 500 + int(n%4)
			return outcome{code: code, kind: probe.BadStatus, err: statusText(code)}
		}, 300 * time.Millisecond},
		"no answer in time":                             {silence, 5 * time.Second}, // the address seems to be dead
		"no answer in time, though others are answered": {silence, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, n := newModel(), atomic.Int64{}
				b := newCrowd(t, func(ctx context.Context, r request) outcome {
					if r.Route != "theirs" {
						return m.ask(ctx, r)
					}
					o := theirs.answer(n.Add(1))
					if o.silent {
						r.connected.Store(true)
						<-ctx.Done()
					}
					return o
				})
				add := func(namespace string, i int) *arrival {
					s := b.arrive(i)
					if s.owner.Name.Namespace = namespace; namespace == "theirs" {
						s.target.Route = "theirs"
					}
					return s
				}
				if strings.HasSuffix(name, "others are answered") {
					add("ours", 2000)
				}
				for i := range 500 {
					add("theirs", i)
				}
				b.pass(20 * time.Second)
				for i := range 5 {
					add("theirs", 500+i) // new ones, too
					s := add("ours", 1000+i)
					b.pass(time.Duration(200+40*i) * time.Millisecond)
					m.set(func() { m.served[s.target] = time.Now() })
					served := time.Now()
					for !s.ready() && time.Since(served) < time.Minute {
						b.pass(50 * time.Millisecond)
					}
					if late := time.Since(served); late > theirs.late {
						t.Errorf("%s: service %d is Ready %v after it is served", name, i, late)
					}
				}
			})
		})
	}
}

// TestHangingEverywhereDelaysNobody: B-RDY-1, B-OPS-5, backends of one namespace that hang at every address, so that all
// tries that may hang are under way, do not delay those of another that do not.
func TestHangingEverywhereDelaysNobody(t *testing.T) {
	simulate(t, func(t *testing.T, m *model, w *watch) {
		ours := alice
		ours.Name.Namespace = "ours"
		var hanging, answered []probe.Target
		for a := range 20 {
			address := fmt.Sprintf("10.0.0.%d:80", a)
			hanging = append(hanging, many(address, 100)...)
			answered = append(answered, many(address, 110)[100:]...)
		}
		for _, target := range hanging {
			m.hangs[target] = true
		}
		w.Check(ours, answered)
		after(time.Second)
		w.Check(bob, hanging)
		after(20 * time.Second)
		m.set(func() {
			for _, target := range answered {
				m.served[target] = time.Now()
			}
		})
		w.Nudge(ours)
		after(300 * time.Millisecond) // 200 at the rate for all addresses
		if !w.Known(ours).Proven() {
			t.Errorf("%d of %d are proven", w.count(ours, probe.Proven), len(answered))
		}
	})
}
