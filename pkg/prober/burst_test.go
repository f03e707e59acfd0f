// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// crowd is many services that come at once, each with what a controller keeps of it: it asks, waits as long as
// the status may, and writes.
type crowd struct {
	*watch
	mu       sync.Mutex
	heard    map[Owner]bool
	services []*arrival
}

type arrival struct {
	owner   Owner
	target  probe.Target
	came    time.Time
	status  v1alpha1.IngressStatus
	looks   time.Time // when to look again; zero for not
	writes  int
	waited  time.Time // when it was first reported as waiting
	message string
}

// newCrowd asks as the controller does.
func newCrowd(t *testing.T, ask askFunc) *crowd {
	b := &crowd{heard: map[Owner]bool{}}
	b.watch = &watch{moved: make(chan struct{}, 1), tried: map[probe.Target]int{}}
	ctx, cancel := context.WithCancel(context.Background())
	b.Prober = newProber(ctx, Options{}, func(o Owner) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.heard[o] = true
	}, ask)
	t.Cleanup(func() { cancel(); b.Wait() })
	return b
}

func (b *crowd) arrive(i int) *arrival {
	owner := Owner{UID: types.UID(fmt.Sprint(i)), Name: types.NamespacedName{Namespace: "default", Name: fmt.Sprint(i)}}
	s := &arrival{owner: owner, target: at("10.0.0.1:80", i), came: time.Now(), looks: time.Now()}
	b.services = append(b.services, s)
	return s
}

func (s *arrival) ready() bool { return s.status.GetCondition(v1alpha1.IngressConditionReady).IsTrue() }

// look is one reconciliation.
func (b *crowd) look(s *arrival) {
	report := b.Check(s.owner, []probe.Target{s.target})
	b.Nudge(s.owner)
	gateway := &gatewayv1.Gateway{Status: gatewayv1.GatewayStatus{Conditions: []metav1.Condition{
		{Type: "Accepted", Status: "True"}, {Type: "Programmed", Status: "True"},
	}}}
	now := time.Now()
	former := status.ProofsOf(s.status)[v1alpha1.IngressVisibilityExternalIP].Version
	verdict := status.Mark(s.status, status.Facts{
		Generation: 1, Now: now, Waited: now.Sub(s.came), SinceReport: now.Sub(s.waited), Progressing: b.Progressing(s.owner),
		Sides: []status.Side{{
			Visibility: v1alpha1.IngressVisibilityExternalIP, Needed: true, Gateway: gateway,
			Version: s.target.Hash, Former: former != "" && former != s.target.Hash,
			Routes:       []status.Route{{Name: s.owner.Name, Report: report}},
			LoadBalancer: []v1alpha1.LoadBalancerIngressStatus{{IP: "192.0.2.1"}},
		}},
	})
	s.looks = time.Time{}
	if verdict.Grace > 0 {
		s.looks = now.Add(verdict.Grace)
		return
	}
	if !status.Equal(s.status, verdict.Status) {
		s.status = verdict.Status
		if s.writes++; !s.ready() {
			s.waited, s.message = now, s.status.GetCondition(v1alpha1.IngressConditionReady).Message
		}
	}
	if verdict.Ready() {
		b.Evict(s.owner)
	}
}

// pass lets time pass, and looks at who is due or has news.
func (b *crowd) pass(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); after(50 * time.Millisecond) {
		for _, s := range b.services {
			b.mu.Lock()
			heard := b.heard[s.owner]
			delete(b.heard, s.owner)
			b.mu.Unlock()
			if heard || !s.looks.IsZero() && !s.looks.After(time.Now()) {
				b.look(s)
			}
		}
	}
}

// TestBurstOfThousand: B-OPS-1, a thousand services that wait in line cost one status write each, at whatever pace the
// data plane takes them up; and what is wrong with one of them is said meanwhile.
func TestBurstOfThousand(t *testing.T) {
	const size = 1000
	own503, own404 := at("10.0.0.1:80", 100), at("10.0.0.1:80", 200)
	for name, pace := range map[string]struct {
		every time.Duration // a configuration is taken up
		most  int           // new routes in it
	}{
		"smooth":              {200 * time.Millisecond, 2},
		"in waves":            {10 * time.Second, 80},
		"in a few long waves": {20 * time.Second, 250},
		"all at the end":      {20 * time.Second, size},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newModel()
				b := newCrowd(t, func(ctx context.Context, r request) outcome {
					o := m.ask(ctx, r)
					if r.Target == own503 {
						return outcome{code: 503, kind: probe.BadStatus, err: statusText(503)}
					}
					return o
				})
				served, next := 0, time.Now().Add(pace.every)
				for ended := time.Now().Add(10 * time.Minute); time.Now().Before(ended) && served < size; b.pass(200 * time.Millisecond) {
					for range 20 {
						if len(b.services) < size {
							b.arrive(len(b.services))
						}
					}
					if time.Now().Before(next) {
						continue
					}
					next = next.Add(pace.every)
					m.set(func() {
						for n := 0; n < pace.most && served < len(b.services); n, served = n+1, served+1 {
							if target := b.services[served].target; target != own404 {
								m.served[target] = time.Now()
							}
						}
					})
				}
				b.pass(time.Minute)
				b.judge(t, size, map[probe.Target]time.Duration{own503: 10 * time.Second, own404: 80 * time.Second})
			})
		})
	}
}

// judge counts the writes, and looks how soon those with a trouble of their own were reported.
func (b *crowd) judge(t *testing.T, size int, own map[probe.Target]time.Duration) {
	t.Helper()
	writes, ready := 0, 0
	for _, s := range b.services {
		writes += s.writes
		if s.ready() {
			ready++
		}
		if most, has := own[s.target]; has && (s.waited.IsZero() || s.waited.Sub(s.came) > most) {
			t.Errorf("%s is reported after %v: %s", s.owner.Name, s.waited.Sub(s.came), s.message)
		}
	}
	if writes > size*105/100 || ready != size-len(own) {
		t.Errorf("%d writes for %d, of which %d are Ready", writes, size, ready)
	}
}

// TestThousandRenderedAnew: B-RDY-10, however many services are rendered anew at once, and however long the data plane takes:
// none is not Ready meanwhile, and each costs the one write of its proof.
func TestThousandRenderedAnew(t *testing.T) {
	const size, wave = 1000, 60
	simulate(t, func(t *testing.T, m *model, _ *watch) {
		b := newCrowd(t, m.ask)
		for i := range size {
			b.arrive(i)
			m.set(func() { m.served[b.services[i].target] = time.Now() })
		}
		b.pass(30 * time.Second)
		for _, s := range b.services {
			s.writes, s.came, s.looks, s.waited, s.target.Hash = 0, time.Now(), time.Now(), time.Now(), "v2"
			m.set(func() { m.former[s.target] = true })
		}
		for served := 0; served < size; served += wave {
			b.pass(10 * time.Second)
			m.set(func() {
				for _, s := range b.services[served:min(size, served+wave)] {
					m.served[s.target] = time.Now()
				}
			})
		}
		b.pass(30 * time.Second)
		for _, s := range b.services {
			if version := status.ProofsOf(s.status)[v1alpha1.IngressVisibilityExternalIP].Version; s.writes != 1 || version != "v2" || s.message != "" {
				t.Fatalf("%s: %d writes, version %q proven, reported %q", s.owner.Name, s.writes, version, s.message)
			}
		}
	})
}
