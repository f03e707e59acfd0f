// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// asker is an owner with what it asked for. Guarded by Prober.mu.
type asker struct {
	owner      Owner
	targets    []probe.Target
	background []probe.Target
	tasks      map[probe.Target]*task
	// open are the unproven foreground questions of each Gateway.
	open map[types.NamespacedName]map[probe.Target]bool
	// report is what the last Check returned, valid unless stale. It is shared with callers, so a new one is made.
	report []probe.Result
	stale  bool
	// dirty: something changed that the owner has not been told. told is when it last heard of anything.
	dirty bool
	told  time.Time
}

// asks tells whether these are the questions already being asked.
func (a *asker) asks(targets, background []probe.Target) bool {
	return slices.Equal(a.targets, targets) && slices.Equal(a.background, background)
}

func (a *asker) results(targets []probe.Target) []probe.Result {
	if len(targets) == 0 {
		return nil
	}
	out := make([]probe.Result, len(targets))
	for i, target := range targets {
		out[i] = a.tasks[target].result
	}
	return out
}

func (a *asker) foreground() []probe.Result {
	if a.stale {
		a.report, a.stale = a.results(a.targets), false
	}
	return a.report
}

// count rebuilds open.
func (a *asker) count() {
	a.open = make(map[types.NamespacedName]map[probe.Target]bool, 1)
	for _, t := range a.tasks {
		if gateway := t.result.Gateway; !t.background {
			if a.open[gateway] == nil {
				a.open[gateway] = map[probe.Target]bool{}
			}
			a.open[gateway][t.result.Question()] = true
		}
	}
	for _, t := range a.tasks {
		if t.result.State == probe.Proven {
			delete(a.open[t.result.Gateway], t.result.Question())
		}
	}
}

// changed records what a try brought to t; before is the result until then. It tells whether the
// owner must hear of it at once: a Gateway whose targets are all proven, or a background target that is.
// Anything else may wait until settle has passed since the owner last heard or asked, because most failures are a
// route that is about to be served, and each notice costs a reconciliation.
func (a *asker) changed(t *task, before probe.Result, now time.Time, settle time.Duration) bool {
	after := &t.result
	if *after != before {
		a.stale = true
	}
	refused := !before.RefusedSince.IsZero() && after.RefusedSince.Before(before.RefusedSince)
	if after.State != before.State || after.Kind != before.Kind || after.Code != before.Code || refused {
		a.dirty = true
	}
	if after.State == probe.Proven && before.State != probe.Proven {
		if t.background {
			return true
		}
		open := a.open[after.Gateway]
		last := len(open) == 1 && open[after.Question()]
		if delete(open, after.Question()); last {
			return true
		}
	}
	return a.dirty && now.Sub(a.told) >= settle
}

// front is what may stand before a gateway: it sees these, and not the version that is asked for.
type front struct{ address, scheme, host string }

func frontOf(t probe.Target) front { return front{t.Address, t.Scheme, t.Host} }

// refusals are the targets that are being refused. When a new version is asked for at the same front and is refused in
// the same way, that goes on since then; else every rollout would wait for Choose to find out again.
func (a *asker) refusals() map[front]probe.Result {
	var found map[front]probe.Result
	for _, t := range a.tasks {
		r := t.result
		if r.State == probe.Pending {
			r = t.heritage
		}
		if r.RefusedSince.IsZero() {
			continue
		}
		if found == nil {
			found = map[front]probe.Result{}
		}
		key := frontOf(t.result.Target)
		if old, ok := found[key]; !ok || r.RefusedSince.Before(old.RefusedSince) {
			found[key] = r
		}
	}
	return found
}
