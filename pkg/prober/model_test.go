// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// model is a data plane in the fake time of a synctest bubble: it answers after a latency.
type model struct {
	mu      sync.Mutex
	latency time.Duration
	served  map[probe.Target]time.Time // from when on
	down    map[string]bool            // addresses at which a dial hangs
	hangs   map[probe.Target]bool      // targets whose backend hangs
	away    map[probe.Target]bool      // targets whose backend has no endpoints
	former  map[probe.Target]bool      // targets that are served as they were rendered before
	asked   []asked
}

type asked struct {
	probe.Target
	at time.Time
}

func newModel() *model {
	return &model{latency: time.Millisecond, served: map[probe.Target]time.Time{}, down: map[string]bool{}, hangs: map[probe.Target]bool{}, away: map[probe.Target]bool{}, former: map[probe.Target]bool{}}
}

func (m *model) ask(ctx context.Context, r request) outcome {
	m.mu.Lock()
	m.asked = append(m.asked, asked{r.Target, time.Now()})
	latency, down, hangs := m.latency, m.down[r.Address], m.hangs[r.Target]
	m.mu.Unlock()
	if down || hangs {
		latency = time.Hour
	}
	r.connected.Store(!down)
	select {
	case <-ctx.Done():
		return failure(context.Cause(ctx), !down, r.conns.attempt)
	case <-time.After(latency):
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	from, served := m.served[r.Target]
	switch {
	case served && !from.After(time.Now()):
		return outcome{ok: true, code: 200}
	case m.away[r.Target]:
		return outcome{code: 503, kind: probe.BadStatus, err: statusText(503)}
	case m.former[r.Target]:
		return outcome{code: 200, kind: probe.FormerVersion, err: statusText(200)}
	}
	return outcome{code: 404, kind: probe.NotServed, err: statusText(404)}
}

func (m *model) set(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f()
}

// since returns when the target was asked, from a moment on.
func (m *model) since(target probe.Target, from time.Time) (at []time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.asked {
		if a.Target == target && !a.at.Before(from) {
			at = append(at, a.at)
		}
	}
	return at
}

func (m *model) total() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.asked)
}

func at(address string, i int) probe.Target {
	return probe.Target{Gateway: gw, Address: address, Scheme: "http", Host: fmt.Sprintf("h%d", i), Hash: "v1"}
}

func many(address string, n int) []probe.Target {
	out := make([]probe.Target, n)
	for i := range out {
		out[i] = at(address, i)
	}
	return out
}

// simulate runs a test in fake time, with a Prober over a model.
func simulate(t *testing.T, test func(t *testing.T, m *model, w *watch)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m := newModel()
		test(t, m, watchAsking(t, Options{}, m.ask))
	})
}

// after lets time pass until everything has come to rest.
func after(d time.Duration) {
	time.Sleep(d) // the fake clock of the bubble
	synctest.Wait()
}
