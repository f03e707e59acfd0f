// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// arrivalOf is a route, when its owner begins to wait for it, and from when on the data plane serves it; never for 0.
type arrivalOf struct {
	owner        Owner
	target       probe.Target
	from, served time.Duration
}

func newArrival(namespace, address string, i int, from time.Duration) *arrivalOf {
	owner := Owner{UID: types.UID(fmt.Sprint(address, i)), Name: types.NamespacedName{Namespace: namespace, Name: fmt.Sprint(i)}}
	return &arrivalOf{owner: owner, target: at(address, i), from: from}
}

// burstAt are n routes of so many namespaces that come at 50 a second, which the data plane takes up at 15 a second, in their
// order, so many at once.
func burstAt(address string, n, namespaces, atOnce int) (all []*arrivalOf) {
	for i := range n {
		a := newArrival(fmt.Sprint("ours", i%namespaces), address, i, time.Duration(i)*20*time.Millisecond)
		a.served = time.Second + time.Duration(i/atOnce+1)*time.Duration(atOnce)*time.Second/15
		all = append(all, a)
	}
	return all
}

// unserved500 are never served.
func unserved500(namespace string) (all []*arrivalOf) {
	for i := range 500 {
		all = append(all, newArrival(namespace, "10.0.0.1:80", 2000+i, time.Duration(i)*10*time.Millisecond))
	}
	return all
}

// oneByOne are ten routes that come later.
func oneByOne() (all []*arrivalOf) {
	for i := range 10 {
		a := newArrival("ours0", "10.0.0.1:80", i, time.Minute+time.Duration(i)*7037*time.Millisecond)
		a.served = a.from + 300*time.Millisecond
		all = append(all, a)
	}
	return all
}

func later(all []*arrivalOf, by time.Duration) []*arrivalOf {
	for _, a := range all {
		a.from, a.served = a.from+by, a.served+by
	}
	return all
}

// TestPace: B-RDY-1, B-OPS-1, how long after it is served a route is seen. The package documentation has the figures, which are
// of the bubble's time: go test -v -run TestPace ./pkg/prober
func TestPace(t *testing.T) {
	tenAddresses := []*arrivalOf{}
	for a := range 10 {
		tenAddresses = append(tenAddresses, burstAt(fmt.Sprintf("10.0.0.%d:80", a), 100, 5, 5)...)
	}
	const address = "10.0.0.1:80"
	for _, c := range []struct {
		name     string
		arrivals []*arrivalOf
		mean     time.Duration // at most
	}{
		{"300", burstAt(address, 300, 1, 1), 100 * time.Millisecond},
		{"300, 60 at once", burstAt(address, 300, 1, 60), 100 * time.Millisecond},
		{"1000", burstAt(address, 1000, 1, 1), time.Second},
		{"100 at each of ten addresses", tenAddresses, 150 * time.Millisecond},
		{"one by one beside 500 of the namespace", slices.Concat(unserved500("ours0"), oneByOne()), 3 * time.Second},
		{"one by one beside 500 of another namespace", slices.Concat(unserved500("theirs"), oneByOne()), 100 * time.Millisecond},
		{"300 beside 500 of another namespace", slices.Concat(unserved500("theirs"), later(burstAt(address, 300, 1, 5), 5*time.Second)), time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				late, inVain := seenLate(t, c.arrivals)
				mean := time.Duration(0)
				for _, d := range late {
					mean += d / time.Duration(len(late))
				}
				t.Logf("seen late by: mean %v, median %v, 95th %v, worst %v; %.0f tries/s in vain",
					mean, late[len(late)/2], late[len(late)*95/100], late[len(late)-1], inVain)
				if mean > c.mean {
					t.Error("too late")
				}
			})
		})
	}
}

// seenLate lets owners wait as the controller does, until all that is ever served is proven. It returns how late each of these
// was seen, sorted, and how many tries a second were in vain.
func seenLate(t *testing.T, arrivals []*arrivalOf) (late []time.Duration, inVain float64) {
	m, ofOwner, began, open := newModel(), map[Owner]*arrivalOf{}, time.Now(), 0
	looks := make(chan Owner, 100*len(arrivals))
	p := newProber(t.Context(), Options{}, func(o Owner) { looks <- o }, m.ask)
	t.Cleanup(p.Wait)
	for _, a := range arrivals {
		ofOwner[a.owner] = a
		if a.served > 0 {
			open++
			m.served[a.target] = began.Add(a.served)
		}
		time.AfterFunc(a.from, func() { looks <- a.owner })
	}
	for open > 0 {
		owner := <-looks
		a := ofOwner[owner]
		if a == nil {
			continue // it is proven already
		}
		if !p.Check(owner, []probe.Target{a.target}).Proven() {
			p.Nudge(owner)
			continue
		}
		late, open = append(late, time.Since(began)-a.served), open-1
		p.Evict(owner)
		delete(ofOwner, owner)
	}
	slices.Sort(late)
	m.set(func() {
		for _, a := range m.asked {
			if from, ever := m.served[a.Target]; !ever || a.at.Before(from) {
				inVain++
			}
		}
	})
	return late, inVain / time.Since(began).Seconds()
}
