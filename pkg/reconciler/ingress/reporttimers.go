// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// reportTimers has a reportTimer for each KIngress that is waiting for an answer. It is a cache: a
// new leader starts all timers anew, which delays a report and changes no truth.
type reportTimers struct {
	mu    sync.Mutex
	byUID map[types.UID]reportTimer
}

// reportTimer is for how long a version of a KIngress has been without an answer. The grace before
// its status is written depends on it.
type reportTimer struct {
	version string
	// since is when the version was first waited for, and reported when that was last reported.
	since, reported time.Time
	// refused is since when a gateway has been reporting a negative condition; now if none does.
	refused time.Time
}

func newReportTimers() *reportTimers {
	return &reportTimers{byUID: map[types.UID]reportTimer{}}
}

// of is the timer of a KIngress, which starts now if the version is new.
func (t *reportTimers) of(uid types.UID, version string, refused bool, now time.Time) reportTimer {
	t.mu.Lock()
	defer t.mu.Unlock()
	timer, known := t.byUID[uid]
	if !known || timer.version != version {
		timer = reportTimer{version: version, since: now, reported: now, refused: now}
	}
	if !refused {
		timer.refused = now
	}
	t.byUID[uid] = timer
	return timer
}

// reported records that a report was written.
func (t *reportTimers) reported(uid types.UID, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if timer, known := t.byUID[uid]; known {
		timer.reported = now
		t.byUID[uid] = timer
	}
}

func (t *reportTimers) evict(uid types.UID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.byUID, uid)
}
