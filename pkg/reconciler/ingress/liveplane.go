// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"cmp"
	"fmt"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/prober"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// livePlane is the data plane of a Gateway with a negative condition.
type livePlane struct {
	// settled are the KIngresses that are settled on it, with whether they have a route to probe.
	settled map[prober.Owner]bool
	// appointed is the one of them whose reconciles probe. asked is when it last did; from is when its present
	// probes began.
	appointed   prober.Owner
	asked, from time.Time
	// tried are those that were appointed and got no answer for their route.
	tried map[prober.Owner]bool
	// silent has since when proxies have not answered, by pod or address.
	silent map[string]time.Time
	// dead says which proxy has not answered for too long; empty if none.
	dead string
}

func (p *livePlane) appoint(owner prober.Owner, now time.Time) {
	p.appointed, p.asked, p.from = owner, now, now
}

// judge judges the answers of each proxy by itself, so that a proxy that has just been replaced has its
// full time. A pod has answered if it has at one of its addresses. A proxy that has not been probed yet
// is judged as before.
func (p *livePlane) judge(report probe.Report, now time.Time) {
	silent, dead := map[string]time.Time{}, ""
	unanswered := func(proxy, problem string) {
		since, before := p.silent[proxy]
		if !before {
			since = now
		}
		if silent[proxy] = since; now.Sub(since) >= status.GraceWhenReady {
			dead = cmp.Or(p.dead, dead, problem) // the message stays
		}
	}
	for _, result := range report.Unproven().Results {
		proxy := cmp.Or(result.Pod, result.Address)
		if since, before := p.silent[proxy]; result.State == probe.Failed {
			unanswered(proxy, fmt.Sprintf("its data plane has not answered for %s: %s", status.GraceWhenReady, result))
		} else if before {
			silent[proxy], dead = since, cmp.Or(dead, p.dead)
		}
	}
	if len(report.Results) == 0 {
		unanswered("", fmt.Sprintf("its data plane has had no ready pod and no address for %s", status.GraceWhenReady))
	}
	if p.silent, p.dead = silent, dead; report.Proven() {
		clear(p.tried)
	}
}

// requeueAfter is after how long to reconcile again: at the next probe, or when a proxy has not answered
// for too long.
func (p *livePlane) requeueAfter(now time.Time) time.Duration {
	soonest := askAlive
	for _, since := range p.silent {
		if left := since.Add(status.GraceWhenReady).Sub(now); left > 0 {
			soonest = min(soonest, left)
		}
	}
	return soonest
}
