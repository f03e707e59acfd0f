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
}

func newPatience() *patience {
	return &patience{since: map[types.UID]waiting{}}
}

// waited is how long the version has been waited for, and how long ago that was last
// reported. Both start now if the version is new.
func (p *patience) waited(uid types.UID, version string, now time.Time) (since, report time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.since[uid]; ok && known.version == version {
		return now.Sub(known.since), now.Sub(known.reported)
	}
	p.since[uid] = waiting{version: version, since: now, reported: now}
	return 0, 0
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
