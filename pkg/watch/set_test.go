// SPDX-License-Identifier: Apache-2.0

package watch_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	pkgwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/cache"

	"github.com/net-gateways/net-gateways/pkg/watch"
)

const services watch.Kind = "Services"

// fixture is a Set over a fake API server, and what its handler saw.
type fixture struct {
	*watch.Set
	client *fake.Clientset
	made   atomic.Int32
	seen   chan string
	missed atomic.Int32
	late   atomic.Int32
}

func (f *fixture) Missed(error)        { f.missed.Add(1) }
func (f *fixture) Arrived(watch.Scope) { f.late.Add(1) }

func newFixture(ctx context.Context, objects ...runtime.Object) *fixture {
	f := &fixture{client: fake.NewClientset(objects...), seen: make(chan string, 16)}
	handler := cache.ResourceEventHandlerFuncs{AddFunc: func(object any) { f.seen <- object.(*corev1.Service).Name }}
	f.Set = watch.NewSet(ctx, map[watch.Kind]watch.Factory{services: f.informer}, handler, f)
	return f
}

func (f *fixture) informer(namespace string, tweak func(*metav1.ListOptions)) cache.SharedIndexInformer {
	f.made.Add(1)
	return informerOf(f.client, namespace, tweak)
}

func informerOf(client kubernetes.Interface, namespace string, tweak func(*metav1.ListOptions)) cache.SharedIndexInformer {
	source := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			tweak(&options)
			return client.CoreV1().Services(namespace).List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (pkgwatch.Interface, error) {
			tweak(&options)
			return client.CoreV1().Services(namespace).Watch(ctx, options)
		},
	}
	return cache.NewSharedIndexInformer(cache.ToListWatcherWithWatchListSemantics(source, client), &corev1.Service{}, 0, cache.Indexers{})
}

func service(namespace, name, team string) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"team": team}}}
}

// TestEnsure: B-OPS-2, one informer a scope, which has its first list when Ensure
// returns, and which only holds what it selects.
func TestEnsure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		f := newFixture(ctx, service("a", "one", "blue"), service("a", "two", "green"), service("b", "three", "blue"))
		blue := watch.Scope{Kind: services, Namespace: "a", Labels: "team=blue"}
		for range 3 {
			store, err := f.Ensure(ctx, blue)
			if err != nil {
				t.Fatal(err)
			}
			if got := store.ListKeys(); len(got) != 1 || got[0] != "a/one" {
				t.Fatalf("The scope holds %v, want a/one alone", got)
			}
		}
		if got := f.made.Load(); got != 1 {
			t.Errorf("%d informers for one scope", got)
		}
		if got := <-f.seen; got != "one" {
			t.Errorf("The handler saw %q", got)
		}
		if _, err := f.Ensure(ctx, watch.Scope{Kind: "Pods"}); err == nil || err.Error() != `no informer for kind "Pods"` {
			t.Errorf("An unknown kind: %v", err)
		}
	})
}

func TestNamed(t *testing.T) {
	want := watch.Scope{Kind: services, Namespace: "a", Fields: "metadata.name=one"}
	if got := watch.Named(services, "a", "one"); got != want {
		t.Errorf("Named() = %+v, want %+v", got, want)
	}
}

// TestListed: B-OPS-2, a look at a scope starts no informer, and shows what one has listed.
func TestListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		f := newFixture(ctx, service("a", "one", "blue"))
		scope := watch.Scope{Kind: services, Namespace: "a"}
		if _, listed := f.Listed(scope); listed || f.made.Load() > 0 {
			t.Errorf("Listed before anybody asked: %t, informers: %d", listed, f.made.Load())
		}
		if _, err := f.Ensure(ctx, scope); err != nil {
			t.Fatal(err)
		}
		if store, listed := f.Listed(scope); !listed || len(store.ListKeys()) != 1 {
			t.Errorf("Listed: %t", listed)
		}
	})
}

// TestRetain: B-OPS-2, what nobody wants any more is stopped, nothing leaks (or the bubble
// does not end), and asking again starts anew.
func TestRetain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		f := newFixture(ctx, service("a", "one", "blue"), service("b", "two", "blue"))
		scopes := []watch.Scope{{Kind: services, Namespace: "a"}, {Kind: services, Namespace: "b"}}
		for _, scope := range scopes {
			if _, err := f.Ensure(ctx, scope); err != nil {
				t.Fatal(err)
			}
		}
		f.Retain(func(scope watch.Scope) bool { return scope.Namespace == "a" })
		for _, scope := range scopes {
			if _, err := f.Ensure(ctx, scope); err != nil {
				t.Fatal(err)
			}
		}
		if got := f.made.Load(); got != 3 {
			t.Errorf("%d informers were made, want the two and one again", got)
		}
		f.Retain(func(watch.Scope) bool { return false })
		cancel()
	})
}
