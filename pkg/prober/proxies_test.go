// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// TestTenProxies: B-RDY-1, B-OPS-1, services that come at once at two Gateways with ten proxies each are Ready about when a
// client knows that asks each proxy for each without end, and no proxy is asked more than it can bear.
func TestTenProxies(t *testing.T) {
	// A control plane makes a configuration of so many services a second, every so often, and each proxy takes it in its own time.
	const every, skew = 400 * time.Millisecond, 300 * time.Millisecond
	for _, c := range []struct{ services, proxies, pace int }{{1, 10, 15}, {100, 10, 15}, {300, 10, 15}, {300, 1, 15}, {300, 1, 150}} {
		t.Run(fmt.Sprintf("%d services at %d, %d a second", c.services, c.proxies, c.pace), func(t *testing.T) {
			simulate(t, func(t *testing.T, m *model, w *watch) {
				r := rand.New(rand.NewPCG(1, uint64(c.services)))
				began, took, late := time.Now(), time.Duration(0), time.Duration(0)
				m.crowded(w, c.services, c.proxies, func(i int) time.Time {
					served := began.Add(time.Duration(i)*time.Second/time.Duration(c.pace) + every).Truncate(every).Add(time.Duration(r.Int64N(int64(skew))))
					took = max(took, served.Sub(began))
					return served
				})
				if late = time.Since(began) - took; late > 300*time.Millisecond {
					t.Errorf("a client knows after %v that all are served, and we %v later", took, late)
				}
				m.bearable(t, 100, 800)
			})
		})
	}
}

// TestTenProxiesThatServeAtOnce: B-OPS-1, it is not our rate for which a thousand services wait.
func TestTenProxiesThatServeAtOnce(t *testing.T) {
	simulate(t, func(t *testing.T, m *model, w *watch) {
		began := time.Now()
		m.crowded(w, 1000, 10, func(int) time.Time { return began })
		if took := time.Since(began); took > 26*time.Second {
			t.Errorf("all are proven after %v", took)
		}
		m.bearable(t, 100, 800)
	})
}

// crowded asks for services of many namespaces at so many proxies of two Gateways each, and returns when all are proven. Each
// proxy serves each of them from the moment on that it is given.
func (m *model) crowded(w *watch, services, proxies int, served func(i int) time.Time) {
	waiting := []Owner{}
	for i := range services {
		owner := Owner{UID: types.UID(fmt.Sprint(i)), Name: types.NamespacedName{Namespace: fmt.Sprint("ns", i/20), Name: fmt.Sprint(i)}}
		targets := []probe.Target{}
		for gateway := range 2 {
			for proxy := range proxies {
				target := at(fmt.Sprintf("10.0.%d.%d:80", gateway, proxy), i)
				target.Gateway.Name = fmt.Sprint(gateway)
				m.set(func() { m.served[target] = served(i) })
				targets = append(targets, target)
			}
		}
		w.Check(owner, targets)
		waiting = append(waiting, owner)
		after(5 * time.Millisecond)
	}
	for heard := map[Owner]int{}; len(waiting) > 0; after(10 * time.Millisecond) {
		waiting = slices.DeleteFunc(waiting, func(owner Owner) bool {
			before := heard[owner]
			if heard[owner] = w.notices(owner); heard[owner] == before || !w.Known(owner).Proven() {
				return false
			}
			w.Evict(owner)
			return true
		})
	}
}

// bearable looks how many tries there were in each second, in vain at one address, and of all at all of them.
func (m *model) bearable(t *testing.T, address, all int) {
	t.Helper()
	type second struct {
		address string
		at      time.Time
	}
	tries := map[second]int{}
	for _, a := range m.asked {
		if m.served[a.Target].After(a.at) {
			tries[second{a.Address, a.at.Truncate(time.Second)}]++
		}
		tries[second{"", a.at.Truncate(time.Second)}]++
	}
	for in, n := range tries {
		if most := map[bool]int{true: all, false: address}[in.address == ""]; n > most+burstSize {
			t.Errorf("%d tries of %q in a second", n, in.address)
		}
	}
}
