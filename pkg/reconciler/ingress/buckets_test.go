// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/reconciler"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// half is one of two buckets: that of hello, or that of all others.
type half struct{ name string }

func (b half) Name() string { return b.name }

func (b half) Has(key types.NamespacedName) bool { return (b.name == "of hello") == (key == hello) }

// TestBucketIsLost: B-RDY-4, a replica that loses one of several buckets drops what it has cached about
// its KIngresses, and goes on with the other buckets. A replica that gets a bucket reconciles its
// KIngresses.
func TestBucketIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		data.deaf.Store(true)
		w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0))...))
		w.r.Demote(reconciler.UniversalBucket())
		looked := []types.NamespacedName{}
		look := func(bucket reconciler.Bucket, key types.NamespacedName) {
			looked = append(looked, key)
			w.impl.MaybeEnqueueBucketKey(bucket, key)
		}
		w.must(w.r.Promote(half{"of others"}, look))
		expect(t, "Keys with the bucket of others", 0, len(looked))
		w.must(w.r.Promote(half{"of hello"}, look))
		expect(t, "Keys with its bucket", []types.NamespacedName{hello}, looked)
		w.until("both routes have failed a probe", func() bool { return w.targets(probe.Failed) == 2 })

		w.r.Demote(half{"of others"})
		expect(t, "Known after the loss of another bucket", 2, len(w.known().Results))
		data.deaf.Store(false)
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Conditions", isReady, w.conditions("hello"))

		data.deaf.Store(true)
		w.changeIngress("hello", toRevision("hello-00002"))
		w.until("hello is asked about", func() bool { return len(w.known().Results) > 0 })
		w.r.Demote(half{"of hello"})
		expect(t, "Known after the loss of its bucket", 0, len(w.known().Results))
	})
}
