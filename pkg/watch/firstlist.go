// SPDX-License-Identifier: Apache-2.0

package watch

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/cache"
)

// syncTimeout is how long after the start of an informer its callers wait for its first list.
// Later callers get the error at once until the list is there: a kind that cannot be read
// costs one timeout and not one for each KIngress (SPEC B-RDY-11).
const syncTimeout = 5 * time.Second

// syncPeriod is how often a caller looks whether a first list has arrived. The first KIngress
// waits for a dozen of them in turn, which would take more than a second with the 100 ms of
// cache.WaitForCacheSync.
const syncPeriod = 5 * time.Millisecond

// latePeriod is the same after syncTimeout.
const latePeriod = 200 * time.Millisecond

// Delays is told of each scope of a Set whose first list does not arrive in time: once that it is late, with a
// [NotListed], and once that it has arrived after all, so that the keys that need it are reconciled again.
type Delays interface {
	Missed(error)
	Arrived(Scope)
}

// NotListed says why a scope cannot be read: its first list has not arrived.
type NotListed struct {
	Scope Scope
	// Cause is the last error of the API server; nil when it did not answer.
	Cause error
}

func (e *NotListed) Error() string {
	scope := string(e.Scope.Kind)
	if e.Scope.Namespace != "" {
		scope += " of namespace " + e.Scope.Namespace
	}
	if e.Cause == nil {
		return fmt.Sprintf("%s: no answer from the API server to the first list within %s", scope, syncTimeout)
	}
	return fmt.Sprintf("%s: %v", scope, e.Cause)
}

func (e *NotListed) Unwrap() error { return e.Cause }

// running is the informer of a scope.
type running struct {
	cache.SharedIndexInformer
	scope Scope
	// ctx ends with the informer, by stop.
	ctx  context.Context
	stop context.CancelFunc
	// deadline is until when callers wait for the first list.
	deadline time.Time
	// failure is the last error of a list or watch; nil before the first.
	failure atomic.Pointer[error]
	// members are the Sets that have asked for it.
	members map[*Set]*member
}

// setFailure stores the API server's own error, without the text that the informer puts around it. Until the first list
// is there, it logs the same error once.
func (r *running) setFailure(ctx context.Context, reflector *cache.Reflector, err error) {
	cause := err
	if answer := (*apierrors.StatusError)(nil); errors.As(err, &answer) {
		cause = answer
	}
	if before := r.failure.Swap(&cause); before == nil || r.HasSynced() || (*before).Error() != cause.Error() {
		cache.DefaultWatchErrorHandler(ctx, reflector, err)
	}
}

// await returns when the first list is there, or an error that says why it is not.
func (r *running) await(ctx context.Context) error {
	if r.HasSynced() {
		return nil
	}
	ctx, cancel := context.WithDeadline(ctx, r.deadline)
	defer cancel()
	err := wait.PollUntilContextCancel(ctx, syncPeriod, true, func(context.Context) (bool, error) {
		return r.HasSynced() || r.denied() != nil, nil
	})
	if r.HasSynced() {
		return nil
	}
	found := &NotListed{Scope: r.scope, Cause: r.denied()}
	if cause := r.failure.Load(); err != nil && cause != nil {
		found.Cause = *cause
	}
	return found
}

// denied is an error that waiting does not cure: the controller may not read the kind, or
// the API server does not serve it.
func (r *running) denied() error {
	cause := r.failure.Load()
	if cause != nil && (apierrors.IsForbidden(*cause) || apierrors.IsUnauthorized(*cause) || apierrors.IsNotFound(*cause)) {
		return *cause
	}
	return nil
}

// arrive calls tell once the first list is there.
func (r *running) arrive(tell func(Scope)) {
	synced := func(context.Context) (bool, error) { return r.HasSynced(), nil }
	if wait.PollUntilContextCancel(r.ctx, latePeriod, true, synced) == nil {
		tell(r.scope)
	}
}
