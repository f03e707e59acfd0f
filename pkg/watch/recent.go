// SPDX-License-Identifier: Apache-2.0

package watch

import (
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
)

// Recent remembers what we wrote until the informers show it. Without it a reconcile
// that runs in between would take its own write for missing and do it again.
type Recent[T metav1.Object] struct {
	mu      sync.Mutex
	objects map[types.UID]written[T]
}

type written[T any] struct {
	object T
	at     time.Time
}

// UnseenFor bounds how long a write is believed that no informer shows: an object that
// was deleted before a relist is never shown at all. Who relies on one looks again then.
const UnseenFor = time.Minute

// NewRecent returns an empty Recent.
func NewRecent[T metav1.Object]() *Recent[T] {
	return &Recent[T]{objects: map[types.UID]written[T]{}}
}

// Wrote notes an object as the API server returned it. Of two writes that end in another
// order than they were done, the later counts.
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

// Unseen returns what was written and is not among the UIDs that an informer shows,
// as far as it is wanted.
func (r *Recent[T]) Unseen(shown map[types.UID]bool, wanted func(T) bool) []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	unseen := []T{}
	for uid, known := range r.objects {
		if time.Since(known.at) >= UnseenFor {
			delete(r.objects, uid)
		} else if !shown[uid] && wanted(known.object) {
			unseen = append(unseen, known.object)
		}
	}
	return unseen
}

// Shown drops what an informer has shown in this or a later state. Deleted objects
// are shown in their last state.
func (r *Recent[T]) Shown(object T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.objects[object.GetUID()]; ok && !isOlder(object, known.object) {
		delete(r.objects, object.GetUID())
	}
}

// Forget drops an object that is gone.
func (r *Recent[T]) Forget(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.objects, uid)
}

func isOlder(a, b metav1.Object) bool {
	order, err := resourceversion.CompareResourceVersion(a.GetResourceVersion(), b.GetResourceVersion())
	return err == nil && order < 0
}
