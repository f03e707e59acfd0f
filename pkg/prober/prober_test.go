// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// Answers survive for targets that are still asked for; the others go, the new ones start.
func TestChangedTargetsKeepAnswers(t *testing.T) { // B-RDY-1: a pod that appears later is proven too
	simulate(t, func(t *testing.T, m *model, w *watch) {
		one, two, three := at("10.0.0.1:80", 1), at("10.0.0.2:80", 1), at("10.0.0.3:80", 1)
		m.served[one], m.served[three] = time.Now(), time.Now()
		w.Check(alice, []probe.Target{one, two})
		after(time.Second)
		if r := w.Check(alice, []probe.Target{one, two}); r.Results[0].State != probe.Proven || r.Results[1].Kind != probe.NotServed || r.Proven() {
			t.Errorf("got %+v", r)
		}
		asked := len(m.since(one, time.Time{}))
		r := w.Check(alice, []probe.Target{three, one, one})
		if r.Results[0].State != probe.Pending || r.Results[1].State != probe.Proven || r.Results[2].State != probe.Proven || r.Proven() {
			t.Errorf("got %+v", r)
		}
		dropped := time.Now()
		after(5 * time.Second)
		if !w.Known(alice).Proven() {
			t.Error("not proven")
		}
		if len(m.since(one, time.Time{})) != asked || len(m.since(two, dropped)) > 0 {
			t.Error("asked a proven or a dropped target")
		}
		if w.Check(alice, nil).Proven() {
			t.Error("no target is a proof")
		}
	})
}

// B-RDY-4: delete and recreate never uses old knowledge, whether the old object was forgotten or not.
func TestRecreatedOwnerStartsAnew(t *testing.T) {
	simulate(t, func(t *testing.T, m *model, w *watch) {
		target := at("10.0.0.1:80", 1)
		m.served[target] = time.Now()
		w.Check(alice, []probe.Target{target})
		after(time.Second)
		m.set(func() { delete(m.served, target) })
		again := alice
		again.UID = "another"
		w.Check(again, []probe.Target{target})
		after(time.Second)
		if w.Known(again).Proven() || !w.Known(alice).Proven() {
			t.Error("old knowledge was used")
		}
		w.Evict(alice)
		w.Check(alice, []probe.Target{target})
		after(time.Second)
		if w.Known(alice).Proven() {
			t.Error("forgotten knowledge was used")
		}
		w.Evict(alice)
		w.Evict(again)
		n := m.total()
		after(time.Minute)
		if m.total() != n || len(w.subscriptions) != 0 || len(w.queues) != 0 {
			t.Errorf("still asking: %d tries, %d owners, %d queues", m.total()-n, len(w.subscriptions), len(w.queues))
		}
	})
}

// Evict ends a try that is under way, and its outcome is not reported.
func TestForgetCancels(t *testing.T) {
	simulate(t, func(t *testing.T, m *model, w *watch) {
		target := at("10.0.0.1:80", 1)
		m.down[target.Address] = true
		w.Check(alice, []probe.Target{target})
		after(100 * time.Millisecond)
		w.Evict(alice)
		w.Nudge(alice)
		synctest.Wait()
		if len(w.queues) != 0 || w.running != 0 || w.tries(target) != 0 || w.notices(alice) != 0 {
			t.Errorf("after Evict: %d queues, %d running, %d tries, %d notices", len(w.queues), w.running, w.tries(target), w.notices(alice))
		}
	})
}

// Nudge asks now, and often again, also when a try is under way.
func TestNudgeAsksNow(t *testing.T) {
	simulate(t, func(t *testing.T, m *model, w *watch) {
		target := at("10.0.0.1:80", 1)
		w.Check(alice, []probe.Target{target})
		after(time.Minute)
		m.set(func() { m.latency = 500 * time.Millisecond })
		nudged := time.Now()
		w.Nudge(alice)
		after(100 * time.Millisecond)
		if n := len(m.since(target, nudged)); n != 1 {
			t.Errorf("%d tries at once", n)
		}
		w.Nudge(alice)
		after(450 * time.Millisecond)
		if n := len(m.since(target, nudged)); n != 2 {
			t.Errorf("%d tries after the nudge during a try", n)
		}
		m.set(func() { m.latency = time.Millisecond })
		after(750 * time.Millisecond)
		if n := len(m.since(target, nudged)); n < 5 {
			t.Errorf("%d tries: the backoff did not begin anew", n)
		}
	})
}

// Background targets are asked slowly, are not in the report, and tell when they recover.
func TestBackground(t *testing.T) { // B-RDY-1, issue 4 item 6: recovers when it can probe again
	simulate(t, func(t *testing.T, m *model, w *watch) {
		pod, lb := at("10.0.0.1:80", 1), at("192.0.2.1:80", 1)
		m.down[pod.Address] = true
		m.served[lb] = time.Now()
		offer := probe.Offer{Endpoints: []string{pod.Address}, Addresses: []string{lb.Address}}
		step := func() probe.Choice {
			c := probe.Choose(probe.Auto, offer, w.Known(alice), time.Now())
			pick := map[string]probe.Target{pod.Address: pod, lb.Address: lb}
			var targets, background []probe.Target
			for _, a := range c.Addresses {
				targets = append(targets, pick[a])
			}
			for _, a := range c.Background {
				background = append(background, pick[a])
			}
			w.Check(alice, targets, background...)
			return c
		}
		step()
		after(5 * time.Second)
		c := step()
		if c.Mode != probe.DataPlane || c.Recheck <= 0 || c.Recheck > 12*time.Second {
			t.Fatalf("after 5 s: %+v", c)
		}
		after(c.Recheck)
		if c = step(); c.Mode != probe.Address {
			t.Fatalf("after 15 s: %+v", c)
		}
		after(time.Second)
		if !w.Check(alice, []probe.Target{lb}, pod).Proven() || w.Known(alice).Proven() {
			t.Error("the report is not that of the foreground")
		}
		began := time.Now()
		after(time.Minute)
		if n := len(m.since(pod, began)); n < 4 || n > 7 {
			t.Errorf("%d background tries in a minute", n)
		}
		if c = step(); c.Mode != probe.Address {
			t.Fatalf("still refused: %+v", c)
		}
		heard := w.notices(alice)
		m.set(func() { m.down[pod.Address], m.served[pod] = false, time.Now() })
		after(13 * time.Second)
		if w.notices(alice) == heard {
			t.Error("the owner was not notified of the recovery")
		}
		if c = step(); c.Mode != probe.DataPlane || !w.Check(alice, []probe.Target{pod}).Proven() {
			t.Errorf("recovered: %+v", c)
		}
	})
}

// A new version behind the same auth proxy does not wait for 15 s again.
func TestRefusalOutlivesAVersion(t *testing.T) { // B-RDY-1
	synctest.Test(t, func(t *testing.T) {
		w := watchAsking(t, Options{}, func(context.Context, request) outcome {
			return outcome{code: 401, kind: probe.Credentials, err: statusText(401)}
		})
		first := at("10.0.0.1:80", 1)
		began := time.Now()
		w.Check(alice, []probe.Target{first})
		after(20 * time.Second)
		second, other := first, first
		second.Hash, other.Host = "v2", "other"
		w.Check(alice, []probe.Target{second, other})
		after(time.Second)
		r := w.Known(alice).Results
		if r[0].RefusedSince.Sub(began) > time.Second {
			t.Errorf("new version refused since %v", r[0].RefusedSince.Sub(began))
		}
		if r[1].RefusedSince.Sub(began) < 20*time.Second {
			t.Errorf("another host refused since %v", r[1].RefusedSince.Sub(began))
		}
	})
}

// A panic costs a try.
func TestPanicsAreContained(t *testing.T) { // B-OPS-3
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		tries := 0
		p := newProber(ctx, Options{Observe: func(probe.Result) { panic("observe") }}, func(Owner) { panic("notify") },
			func(context.Context, request) outcome {
				if tries++; tries < 3 {
					panic("ask")
				}
				return outcome{ok: true, code: 200}
			})
		target := at("10.0.0.1:80", 1)
		p.Check(alice, []probe.Target{target})
		after(20 * time.Millisecond) // two tries
		if r := p.Known(alice).Results[0]; r.Kind != probe.BadStatus || r.Err != "internal error: ask" {
			t.Errorf("got %+v", r)
		}
		after(time.Second)
		if !p.Known(alice).Proven() {
			t.Error("not proven")
		}
		cancel()
		p.Wait()
		p.Check(bob, []probe.Target{target}) // harmless
	})
}
