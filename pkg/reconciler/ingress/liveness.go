// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/prober"
	"github.com/net-gateways/net-gateways/pkg/status"
)

const (
	// askAlive is the time between two probes of a data plane.
	askAlive = 5 * time.Second
	// askAnother is after how long without an answer the route of another KIngress is probed, because the
	// backend of the first may be broken.
	askAnother = 4 * time.Second
	// aliveProbes is the most probes that are sent to a proxy in a second, for all Gateways with a
	// negative condition; aliveSettle is how long failures are collected.
	aliveProbes = 10
	aliveSettle = 100 * time.Millisecond
)

// liveness has whether the data planes answer whose Gateways report a negative condition (SPEC B-RDY-8).
// For each Gateway, one of the KIngresses that are settled on it is appointed: its reconciles probe each
// proxy for one of its routes. The other KIngresses are enqueued when the data plane is found dead, and
// when it answers again. It is a cache: a new leader probes anew, and until there is an answer all stay
// Ready.
type liveness struct {
	prober  *prober.Prober
	enqueue func(types.NamespacedName)
	resync  func([]types.NamespacedName)

	mu     sync.Mutex
	planes map[types.NamespacedName]*livePlane
}

// aliveQuestion is the route for which to probe a Gateway's data plane.
type aliveQuestion struct {
	// able tells that the data plane has answered for a route of the KIngress before.
	able bool
	// targets are those of that route at every proxy; empty if there is no proxy.
	targets []probe.Target
}

func newLiveness(ctx context.Context, asking prober.Options, enqueue func(types.NamespacedName), resync func([]types.NamespacedName)) *liveness {
	asking.Rate, asking.Settle = aliveProbes, aliveSettle
	l := &liveness{enqueue: enqueue, resync: resync, planes: map[types.NamespacedName]*livePlane{}}
	l.prober = prober.New(ctx, asking, func(gateway prober.Owner) { l.answered(gateway.Name) })
	return l
}

// answered enqueues the appointed KIngress.
func (l *liveness) answered(gateway types.NamespacedName) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if plane := l.planes[gateway]; plane != nil && plane.appointed != (prober.Owner{}) {
		l.enqueue(plane.appointed.Name)
	}
}

// of is the liveness of the Gateways with a negative condition on which a KIngress is settled, given all
// of these: it takes the KIngress off the others. It returns after how long to reconcile again; 0 if
// another KIngress is appointed.
func (l *liveness) of(owner prober.Owner, questions map[types.NamespacedName]aliveQuestion, now time.Time) (map[types.NamespacedName]status.Liveness, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for gateway := range l.planes {
		if _, stays := questions[gateway]; !stays {
			l.leave(owner, gateway)
		}
	}
	known, requeueAfter := map[types.NamespacedName]status.Liveness{}, time.Duration(0)
	for gateway, question := range questions {
		plane := l.plane(gateway)
		plane.settled[owner] = question.able
		if question.able && (plane.appointed == prober.Owner{} || now.Sub(plane.asked) > 3*askAlive) {
			plane.appoint(owner, now)
			l.resyncSettled(plane) // one is appointed now
		}
		if plane.appointed == owner {
			l.ask(gateway, question.targets, now)
			requeueAfter = plane.requeueAfter(now)
		}
		known[gateway] = status.Liveness{Asked: plane.appointed != prober.Owner{}, Dead: plane.dead}
	}
	return known, requeueAfter
}

func (l *liveness) plane(gateway types.NamespacedName) *livePlane {
	if l.planes[gateway] == nil {
		l.planes[gateway] = &livePlane{settled: map[prober.Owner]bool{}, tried: map[prober.Owner]bool{}, silent: map[string]time.Time{}}
	}
	return l.planes[gateway]
}

// ask probes, or judges the answers so far, and enqueues all KIngresses if the data plane is dead or
// answers again.
func (l *liveness) ask(gateway types.NamespacedName, targets []probe.Target, now time.Time) {
	plane, key := l.planes[gateway], prober.Owner{Name: gateway}
	before := plane.dead
	report := l.prober.Check(key, targets)
	plane.judge(report, now)
	switch {
	case report.Proven() && now.Sub(plane.from) >= askAlive:
		l.prober.Evict(key)
		plane.from = now
		plane.judge(l.prober.Check(key, targets), now)
	case !report.Proven() && now.Sub(plane.from) >= askAnother:
		plane.tried[plane.appointed] = true
		l.appointAnother(plane, now)
	}
	plane.asked = now
	if before != plane.dead {
		l.resyncSettled(plane)
	}
}

// appointAnother lets one ask that has not asked in vain; false when there is none.
func (l *liveness) appointAnother(plane *livePlane, now time.Time) bool {
	for owner, able := range plane.settled {
		if able && owner != plane.appointed && !plane.tried[owner] {
			plane.appoint(owner, now)
			l.enqueue(owner.Name)
			return true
		}
	}
	return false
}

// resyncSettled enqueues all KIngresses that are settled on a data plane.
func (l *liveness) resyncSettled(plane *livePlane) {
	keys := make([]types.NamespacedName, 0, len(plane.settled))
	for owner := range plane.settled {
		keys = append(keys, owner.Name)
	}
	l.resync(keys)
}

// evict is for a KIngress that is deleted or of another class, or that another replica leads.
func (l *liveness) evict(owner prober.Owner) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for gateway := range l.planes {
		l.leave(owner, gateway)
	}
}

// leave takes a KIngress off a data plane. A data plane that is dead stays so until another one gets an
// answer.
func (l *liveness) leave(owner prober.Owner, gateway types.NamespacedName) {
	plane := l.planes[gateway]
	if _, settled := plane.settled[owner]; !settled {
		return
	}
	delete(plane.settled, owner)
	delete(plane.tried, owner)
	if len(plane.settled) == 0 {
		delete(l.planes, gateway)
	}
	if plane.appointed != owner {
		return
	}
	plane.appointed = prober.Owner{}
	if l.appointAnother(plane, plane.asked) {
		return
	}
	clear(plane.tried)
	if !l.appointAnother(plane, plane.asked) {
		l.prober.Evict(prober.Owner{Name: gateway})
		plane.silent, plane.dead = nil, ""
	}
}
