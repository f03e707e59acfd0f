// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// patience remembers since when a version has been without an answer. It is a cache:
// a new leader starts to wait anew, which delays a report and changes no truth.
type patience struct {
	mu    sync.Mutex
	since map[types.UID]waiting
}

type waiting struct {
	version         string
	since, reported time.Time
	// refused is since when a gateway has been saying no; now if none does.
	refused time.Time
}

func newPatience() *patience {
	return &patience{since: map[types.UID]waiting{}}
}

// waits is since when the version has been waited for, when that was last reported, and since
// when it has been refused. All start now if the version is new.
func (p *patience) waits(uid types.UID, version string, refused bool, now time.Time) waiting {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, ok := p.since[uid]
	if !ok || known.version != version {
		known = waiting{version: version, since: now, reported: now, refused: now}
	}
	if !refused {
		known.refused = now
	}
	p.since[uid] = known
	return known
}

// reported notes that a report was written.
func (p *patience) reported(uid types.UID, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.since[uid]; ok {
		known.reported = now
		p.since[uid] = known
	}
}

func (p *patience) forget(uid types.UID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.since, uid)
}
