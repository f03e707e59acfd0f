// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// subscription is what one owner asks for. Guarded by Prober.mu.
type subscription struct {
	owner      Owner
	targets    []probe.Target
	background []probe.Target
	tasks      map[probe.Target]*task
	// open are the unproven foreground questions of each Gateway.
	open map[types.NamespacedName]map[probe.Target]bool
	// report is what the last Check returned; when stale, a new one is made, because callers share it.
	report []probe.Result
	stale  bool
	// unreported: something changed since lastNotified, when the owner was last notified or called Check.
	unreported   bool
	lastNotified time.Time
}

// sameTargets tells whether these are being asked already.
func (s *subscription) sameTargets(targets, background []probe.Target) bool {
	return slices.Equal(s.targets, targets) && slices.Equal(s.background, background)
}

func (s *subscription) results(targets []probe.Target) []probe.Result {
	if len(targets) == 0 {
		return nil
	}
	out := make([]probe.Result, len(targets))
	for i, target := range targets {
		out[i] = s.tasks[target].result
	}
	return out
}

func (s *subscription) foreground() []probe.Result {
	if s.stale {
		s.report, s.stale = s.results(s.targets), false
	}
	return s.report
}

// countOpen rebuilds open.
func (s *subscription) countOpen() {
	s.open = make(map[types.NamespacedName]map[probe.Target]bool, 1)
	for _, t := range s.tasks {
		if gateway := t.result.Gateway; !t.background {
			if s.open[gateway] == nil {
				s.open[gateway] = map[probe.Target]bool{}
			}
			s.open[gateway][t.result.Question()] = true
		}
	}
	for _, t := range s.tasks {
		if t.result.State == probe.Proven {
			delete(s.open[t.result.Gateway], t.result.Question())
		}
	}
}

// record takes in what a try brought to t; before is the result until then. It tells whether the
// owner must be notified at once: a Gateway whose targets are all proven, or a background target that is.
// Anything else may wait until settle has passed since lastNotified: most failures come from a route that is about to
// be served, and each notification costs a reconciliation.
func (s *subscription) record(t *task, before probe.Result, now time.Time, settle time.Duration) bool {
	after := &t.result
	if *after != before {
		s.stale = true
	}
	refused := !before.RefusedSince.IsZero() && after.RefusedSince.Before(before.RefusedSince)
	if after.State != before.State || after.Kind != before.Kind || after.Code != before.Code || refused {
		s.unreported = true
	}
	if after.State == probe.Proven && before.State != probe.Proven {
		if t.background {
			return true
		}
		open := s.open[after.Gateway]
		last := len(open) == 1 && open[after.Question()]
		if delete(open, after.Question()); last {
			return true
		}
	}
	return s.unreported && now.Sub(s.lastNotified) >= settle
}

// hostAtAddress is all that an auth proxy in front of a gateway sees of a target: not the version that is asked for.
type hostAtAddress struct{ address, scheme, host string }

func hostAtAddressOf(t probe.Target) hostAtAddress { return hostAtAddress{t.Address, t.Scheme, t.Host} }

// refusals are the results of targets that are being refused. A target of a new version inherits them: if it is refused in
// the same way, it counts as refused since then. Otherwise every rollout would wait until Choose finds out again.
func (s *subscription) refusals() map[hostAtAddress]probe.Result {
	var found map[hostAtAddress]probe.Result
	for _, t := range s.tasks {
		r := t.result
		if r.State == probe.Pending {
			r = t.inherited
		}
		if r.RefusedSince.IsZero() {
			continue
		}
		if found == nil {
			found = map[hostAtAddress]probe.Result{}
		}
		key := hostAtAddressOf(t.result.Target)
		if old, ok := found[key]; !ok || r.RefusedSince.Before(old.RefusedSince) {
			found[key] = r
		}
	}
	return found
}
