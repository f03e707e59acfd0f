// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// absences has since when published Services have not existed. It is a cache: a new leader starts their
// time anew.
type absences struct {
	mu    sync.Mutex
	since map[types.NamespacedName]time.Time
}

func newAbsences() *absences {
	return &absences{since: map[types.NamespacedName]time.Time{}}
}

// update returns for how long a Service has been absent; 0 if it exists.
func (a *absences) update(service types.NamespacedName, absent bool, now time.Time) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !absent {
		delete(a.since, service)
		return 0
	}
	if _, known := a.since[service]; !known {
		a.since[service] = now
	}
	return max(now.Sub(a.since[service]), time.Nanosecond)
}
