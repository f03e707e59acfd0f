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
	version string
	since   time.Time
}

func newPatience() *patience {
	return &patience{since: map[types.UID]waiting{}}
}

// waited is how long the version has been waited for, starting now if it is new.
func (p *patience) waited(uid types.UID, version string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.since[uid]; ok && known.version == version {
		return now.Sub(known.since)
	}
	p.since[uid] = waiting{version: version, since: now}
	return 0
}

func (p *patience) forget(uid types.UID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.since, uid)
}
