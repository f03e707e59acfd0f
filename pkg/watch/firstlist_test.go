// SPDX-License-Identifier: Apache-2.0

package watch_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	ktesting "k8s.io/client-go/testing"

	"github.com/net-gateways/net-gateways/pkg/watch"
)

// The second of the error handlers sleeps by the time of the last error of the process, and each synctest bubble has a time
// of its own.
func init() { utilruntime.ErrorHandlers = utilruntime.ErrorHandlers[:1] }

// refuses makes the fixture's API server answer lists with an error until it is cured.
func (f *fixture) refuses(err error) (cure func()) {
	refusing := atomic.Bool{}
	refusing.Store(true)
	f.client.PrependReactor("list", "services", func(ktesting.Action) (bool, runtime.Object, error) { return refusing.Load(), nil, err })
	return func() { refusing.Store(false) }
}

// TestOneTimeout: B-RDY-11, B-INS-7, a kind that cannot be read costs all keys together one
// time-out, or none where the API server says why; each error has the cause. The delays are told once
// that the kind cannot be read, and once that it can, however many callers have asked.
func TestOneTimeout(t *testing.T) {
	resource := corev1.Resource("services")
	for name, c := range map[string]struct {
		cause error
		words string
		after time.Duration
	}{
		"forbidden":  {apierrors.NewForbidden(resource, "", errors.New("User cannot list resource")), "Services of namespace a: services is forbidden: User cannot list resource", 0},
		"not served": {apierrors.NewGenericServerResponse(404, "list", resource, "", "", 0, true), "Services of namespace a: the server could not find the requested resource (list services)", 0},
		"no answer":  {errors.New("connection refused"), "Services of namespace a: failed to list *v1.Service: connection refused", 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer synctest.Wait()
				defer cancel()
				f, begin := newFixture(ctx, service("a", "one", "blue")), time.Now()
				cure := f.refuses(c.cause)
				scope := watch.Scope{Kind: services, Namespace: "a"}
				askers := sync.WaitGroup{}
				for range 16 {
					askers.Go(func() { f.wantError(ctx, t, scope, c.words) })
				}
				askers.Wait()
				for range 34 {
					f.wantError(ctx, t, scope, c.words)
				}
				if waited := time.Since(begin).Truncate(time.Second); waited != c.after {
					t.Errorf("50 keys have waited for %s, want %s", waited, c.after)
				}
				cure()
				time.Sleep(5 * time.Minute) // in the bubble's time
				if missed, late := f.missed.Load(), f.late.Load(); missed != 1 || late != 1 {
					t.Errorf("Told %d times that the kind cannot be read, and %d times that it can", missed, late)
				}
				if store, err := f.Ensure(ctx, scope); err != nil || len(store.ListKeys()) != 1 {
					t.Errorf("Not healed: %v", err)
				}
			})
		})
	}
}

func (f *fixture) wantError(ctx context.Context, t *testing.T, scope watch.Scope, words string) {
	if _, err := f.Ensure(ctx, scope); err == nil || err.Error() != words {
		t.Errorf("Ensure() = %v, want %s", err, words)
	}
}

// TestFirstListComes: a list that is refused for a moment is no error to callers that still wait,
// and the delays are not told.
func TestFirstListComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer cancel()
		f := newFixture(ctx, service("a", "one", "blue"))
		time.AfterFunc(time.Millisecond, f.refuses(errors.New("connection refused")))
		if store, err := f.Ensure(ctx, watch.Scope{Kind: services}); err != nil || len(store.ListKeys()) != 1 {
			t.Errorf("Ensure() = %v", err)
		}
		if missed, late := f.missed.Load(), f.late.Load(); missed != 0 || late != 0 {
			t.Errorf("Told %d times that the kind cannot be read, and %d times that it can", missed, late)
		}
	})
}
