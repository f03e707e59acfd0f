// SPDX-License-Identifier: Apache-2.0

package watch

import (
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
)

// Recent remembers what the controller wrote until the informers show it. Without it, a reconciliation in between would
// not see the last write and repeat it.
type Recent[T metav1.Object] struct {
	mu      sync.Mutex
	objects map[types.UID]written[T]
}

type written[T any] struct {
	object T
	at     time.Time
	// shownAt is when an informer showed it; zero until then.
	shownAt time.Time
}

// UnseenFor is how long a write counts that no informer shows. It has an end because an informer that lists anew never
// shows an object that was deleted meanwhile. A reconciliation that relies on such a write must be repeated by then.
const UnseenFor = time.Minute

// readTime is the longest time for which a reconciliation has read a store and has not asked for what was written. If
// writes were dropped as soon as an informer shows them, it could see neither: not the write in the store, because it
// read that before, and not the write here, because it asks after.
const readTime = time.Second

// NewRecent returns an empty Recent.
func NewRecent[T metav1.Object]() *Recent[T] {
	return &Recent[T]{objects: map[types.UID]written[T]{}}
}

// Wrote remembers an object as the API server returned it, unless a newer state of it is known.
func (r *Recent[T]) Wrote(object T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.objects[object.GetUID()]; ok && isOlder(object, known.object) {
		return
	}
	r.objects[object.GetUID()] = written[T]{object: object, at: time.Now()}
}

// Newest returns the newer of what an informer shows and what was written.
func (r *Recent[T]) Newest(shown T) T {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, ok := r.objects[shown.GetUID()]
	if !ok {
		return shown
	}
	if isOlder(shown, known.object) {
		return known.object
	}
	delete(r.objects, shown.GetUID())
	return shown
}

// Unseen returns the written objects that are wanted and whose UIDs are not among those that an informer shows.
func (r *Recent[T]) Unseen(shown map[types.UID]bool, wanted func(T) bool) []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	unseen := []T{}
	for uid, known := range r.objects {
		if time.Since(known.at) >= UnseenFor || !known.shownAt.IsZero() && time.Since(known.shownAt) >= readTime {
			delete(r.objects, uid)
		} else if !shown[uid] && wanted(known.object) {
			unseen = append(unseen, known.object)
		}
	}
	return unseen
}

// Shown tells that an informer shows an object in this state. If that is the written or a later one, the write is not
// needed any more after readTime.
func (r *Recent[T]) Shown(object T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, ok := r.objects[object.GetUID()]
	if ok && known.shownAt.IsZero() && !isOlder(object, known.object) {
		known.shownAt = time.Now()
		r.objects[object.GetUID()] = known
	}
}

// Evict drops an object that is deleted.
func (r *Recent[T]) Evict(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.objects, uid)
}

func isOlder(a, b metav1.Object) bool {
	order, err := resourceversion.CompareResourceVersion(a.GetResourceVersion(), b.GetResourceVersion())
	return err == nil && order < 0
}
