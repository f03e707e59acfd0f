// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// departures has, for KIngresses that have another class now, since when the plugin of that class
// serves them. It is a cache: a new leader starts the drain time anew.
type departures struct {
	mu    sync.Mutex
	since map[types.UID]time.Time // zero while no plugin does
}

func newDepartures() *departures {
	return &departures{since: map[types.UID]time.Time{}}
}

// update returns since when another plugin serves a KIngress, which is zero while none does, and
// whether that has changed.
func (d *departures) update(uid types.UID, taken bool, now time.Time) (since time.Time, changed bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	since, known := d.since[uid]
	if known && taken == !since.IsZero() {
		return since, false
	}
	if since = (time.Time{}); taken {
		since = now
	}
	d.since[uid] = since
	return since, true
}

func (d *departures) evict(uid types.UID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.since, uid)
}
