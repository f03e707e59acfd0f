// SPDX-License-Identifier: Apache-2.0

package watch_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
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
	informers *watch.Informers

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
	f.informers = watch.NewInformers(ctx, map[watch.Kind]watch.Factory{services: f.informer})
	f.Set = f.informers.Set(f.handler(f.seen), f)
	return f
}

func (f *fixture) handler(seen chan string) cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{AddFunc: func(object any) { seen <- object.(*corev1.Service).Name }}
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
			t.Errorf("Listed before Ensure was called: %t, informers: %d", listed, f.made.Load())
		}
		if _, err := f.Ensure(ctx, scope); err != nil {
			t.Fatal(err)
		}
		if store, listed := f.Listed(scope); !listed || len(store.ListKeys()) != 1 {
			t.Errorf("Listed: %t", listed)
		}
	})
}

// TestRetain: B-OPS-2, informers that are not wanted any more are stopped, nothing leaks (or the bubble
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

// TestTwoSets: B-OPS-2, two reconcilers that need a scope have one informer for it. Each hears of the
// scopes that it has asked for, also where the informer runs already, until it wants them no more.
func TestTwoSets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer cancel()
		f := newFixture(ctx, service("a", "one", "blue"), service("b", "two", "blue"))
		a, b := watch.Scope{Kind: services, Namespace: "a"}, watch.Scope{Kind: services, Namespace: "b"}
		seen := make(chan string, 16)
		other := f.informers.Set(f.handler(seen), f)
		ensure := func(set *watch.Set, scope watch.Scope) {
			t.Helper()
			if _, err := set.Ensure(ctx, scope); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		expect := func(what string, informers int32, heard, others []string) {
			t.Helper()
			synctest.Wait()
			if made := f.made.Load(); made != informers {
				t.Errorf("%s: %d informers were made, want %d", what, made, informers)
			}
			if diff := cmp.Diff(heard, drained(f.seen)) + cmp.Diff(others, drained(seen)); diff != "" {
				t.Errorf("%s: %s", what, diff)
			}
		}
		ensure(f.Set, a)
		ensure(f.Set, b)
		if _, listed := other.Listed(a); listed {
			t.Error("Listed for a Set that has not asked")
		}
		expect("one", 2, []string{"one", "two"}, nil)
		ensure(other, a)
		expect("both", 2, nil, []string{"one"})
		f.create(t, "a", "three")
		f.create(t, "b", "four")
		expect("news", 2, []string{"four", "three"}, []string{"three"})
		f.Retain(func(scope watch.Scope) bool { return scope == b })
		f.create(t, "a", "five")
		expect("one leaves", 2, nil, []string{"five"})
		f.Drop(func(scope watch.Scope) bool { return scope == a })
		f.create(t, "a", "six")
		expect("dropped", 2, nil, nil)
		ensure(other, a)
		expect("asked again", 3, nil, []string{"five", "one", "six", "three"})
		other.Retain(func(watch.Scope) bool { return false })
		ensure(other, a)
		if made := f.made.Load(); made != 4 {
			t.Errorf("%d informers were made: the one that no Set wants runs on", made)
		}
	})
}

// create makes a service.
func (f *fixture) create(t *testing.T, namespace, name string) {
	t.Helper()
	if _, err := f.client.CoreV1().Services(namespace).Create(t.Context(), service(namespace, name, "blue"), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

// drained are the values that a channel holds, sorted.
func drained(from chan string) (found []string) {
	for len(from) > 0 {
		found = append(found, <-from)
	}
	slices.Sort(found)
	return found
}
