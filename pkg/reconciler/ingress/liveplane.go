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

// livePlane is the data plane of a Gateway that complains.
type livePlane struct {
	// settled are the KIngresses that count on it, and whether there is a route to ask for.
	settled map[prober.Owner]bool
	// asker is one of them; asked is when it last asked, from when on it asks in vain.
	asker       prober.Owner
	asked, from time.Time
	// tried have asked in vain.
	tried map[prober.Owner]bool
	// silent are the proxies that owe an answer, by pod or address, since when they do.
	silent map[string]time.Time
	// dead says who has been silent for too long; empty when nobody has.
	dead string
}

func (p *livePlane) appoint(owner prober.Owner, now time.Time) {
	p.asker, p.asked, p.from = owner, now, now
}

// hear judges answers: each proxy by itself, so that one that is being replaced has its time, too. A pod
// owes none when it has answered at one of its addresses. What has not been asked yet owes what it owed before.
func (p *livePlane) hear(report probe.Report, now time.Time) {
	silent, dead := map[string]time.Time{}, ""
	owe := func(proxy, problem string) {
		since, owed := p.silent[proxy]
		if !owed {
			since = now
		}
		if silent[proxy] = since; now.Sub(since) >= status.GraceWhenReady {
			dead = cmp.Or(p.dead, dead, problem) // the words stay
		}
	}
	for _, result := range report.Unproven().Results {
		proxy := cmp.Or(result.Pod, result.Address)
		if since, owed := p.silent[proxy]; result.State == probe.Failed {
			owe(proxy, fmt.Sprintf("its data plane has not answered for %s: %s", status.GraceWhenReady, result))
		} else if owed {
			silent[proxy], dead = since, cmp.Or(dead, p.dead)
		}
	}
	if len(report.Results) == 0 {
		owe("", fmt.Sprintf("its data plane has had no ready pod and no address for %s", status.GraceWhenReady))
	}
	if p.silent, p.dead = silent, dead; report.Proven() {
		clear(p.tried)
	}
}

// again is when to look again: at the next question, or when somebody has been silent for too long.
func (p *livePlane) again(now time.Time) time.Duration {
	soonest := askAlive
	for _, since := range p.silent {
		if left := since.Add(status.GraceWhenReady).Sub(now); left > 0 {
			soonest = min(soonest, left)
		}
	}
	return soonest
}
