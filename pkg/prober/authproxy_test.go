// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// gate is an auth proxy that answers 403 for some hosts, all of them for "*", and leaves the others to a model.
type gate struct {
	*model
	mu    sync.Mutex
	hosts map[string]bool
}

func (g *gate) ask(ctx context.Context, r request) outcome {
	g.mu.Lock()
	guarded := g.hosts["*"] || g.hosts[r.Host]
	g.mu.Unlock()
	if o := g.model.ask(ctx, r); !guarded {
		return o
	}
	return outcome{code: 403, kind: probe.Credentials, err: statusText(403)}
}

func (g *gate) over(hosts ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hosts = map[string]bool{}
	for _, host := range hosts {
		g.hosts[host] = true
	}
}

func guarded(t *testing.T, test func(t *testing.T, g *gate, w *watch)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g := &gate{model: newModel()}
		test(t, g, watchAsking(t, Options{}, g.ask))
	})
}

// An auth proxy in front of everything is known to a new owner as soon as it has met it for a while itself.
func TestGuardIsKnown(t *testing.T) { // B-RDY-1
	guarded(t, func(t *testing.T, g *gate, w *watch) {
		g.over("h1")
		began := time.Now()
		w.Check(alice, nil, at("10.0.0.1:80", 1))
		after(20 * time.Second)
		asked := time.Now()
		w.Check(bob, []probe.Target{at("10.0.0.1:80", 2)})
		after(300 * time.Millisecond) // 404: there is no route yet
		g.over("*")
		after(time.Second)
		if since := w.Known(bob).Results[0].RefusedSince; since.Before(asked) {
			t.Errorf("refused since %v before it was asked, after a second", asked.Sub(since))
		}
		heard := w.notices(bob)
		after(3 * time.Second)
		if since := w.Known(bob).Results[0].RefusedSince; since.Sub(began) > time.Second {
			t.Errorf("refused since %v after the auth proxy came", since.Sub(began))
		}
		if w.notices(bob) == heard {
			t.Error("bob was not told")
		}
	})
}

// A target's own auth proxy says nothing of others, not even of another one with its own, as long as others are served.
func TestOwnGuardIsItsOwn(t *testing.T) { // B-RDY-1
	guarded(t, func(t *testing.T, g *gate, w *watch) {
		g.over("h1", "h2")
		w.Check(alice, []probe.Target{at("10.0.0.1:80", 1), at("10.0.0.1:80", 3)}) // h3 is not served
		after(time.Minute)
		g.set(func() { g.served[at("10.0.0.1:80", 3)] = time.Now() })
		asked := time.Now()
		after(5 * time.Second)
		w.Check(bob, []probe.Target{at("10.0.0.1:80", 2)})
		after(10 * time.Second)
		if r := w.Known(bob).Results[0]; r.Kind != probe.Credentials || r.RefusedSince.Before(asked) {
			t.Errorf("got %+v, asked at %v", r, asked)
		}
	})
}

// However many wait in the background behind an auth proxy, a target in the foreground is tried at once, and they leave most
// of the rate; when the auth proxy goes, all are tried.
func TestCrowdBehindAGuard(t *testing.T) { // B-RDY-1, B-RDY-2: fairness
	synctest.Test(t, func(t *testing.T) {
		g := &gate{model: newModel()}
		w := watchAsking(t, Options{Rate: 100}, g.ask)
		g.over("*")
		crowd := many("10.0.0.1:80", 1000)
		w.Check(alice, nil, crowd...)
		first := at("10.0.0.1:80", 4000)
		w.Check(bob, []probe.Target{first})
		after(100 * time.Millisecond)
		if len(g.since(first, time.Time{})) == 0 {
			t.Error("a new target waits for the first tries of the crowd")
		}
		after(5 * time.Minute)
		for range 10 {
			before := g.total()
			after(10 * time.Second)
			if tries := g.total() - before; tries > 200 {
				t.Errorf("%d background tries in 10 s", tries)
			}
		}
		g.set(func() {
			for _, target := range crowd {
				g.served[target] = time.Now()
			}
		})
		g.over()
		after(5 * time.Second)
		began, target := time.Now(), at("10.0.0.1:80", 5000)
		g.set(func() { g.served[target] = began })
		w.Check(bob, []probe.Target{target})
		after(100 * time.Millisecond)
		if !w.Known(bob).Proven() {
			t.Errorf("a new target waits for the background: %+v", w.Known(bob).Results[0])
		}
		after(10 * time.Second)
		if !w.Known(alice).Proven() {
			t.Errorf("%d of the crowd are proven", w.count(alice, probe.Proven))
		}
	})
}

// A target that goes to the background and comes back is asked at the pace of where it is.
func TestToTheBackgroundAndBack(t *testing.T) { // B-RDY-1
	guarded(t, func(t *testing.T, g *gate, w *watch) {
		target := at("10.0.0.1:80", 1)
		w.Check(alice, []probe.Target{target})
		after(time.Minute)
		w.Check(alice, nil, target)
		after(3 * time.Second)
		began := time.Now()
		after(time.Minute)
		if n := len(g.since(target, began)); n < 5 || n > 7 {
			t.Errorf("%d tries in a minute in the background", n)
		}
		began = time.Now()
		w.Check(alice, []probe.Target{target})
		after(5 * time.Second)
		if n := len(g.since(target, began)); n < 10 {
			t.Errorf("%d tries in 5 s in the foreground", n)
		}
	})
}
