// SPDX-License-Identifier: Apache-2.0

package watch_test

import (
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/watch"
)

func route(uid types.UID, version string) *gatewayv1.HTTPRoute {
	return &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{UID: uid, ResourceVersion: version}}
}

func all(*gatewayv1.HTTPRoute) bool { return true }

// TestRecent: B-TRN-4, a reconcile between our write and the informer's event does not
// write again.
func TestRecent(t *testing.T) {
	recent := watch.NewRecent[*gatewayv1.HTTPRoute]()
	shown := route("a", "9")
	if got := recent.Newest(shown); got != shown {
		t.Error("Knows of writes that were not done")
	}
	recent.Wrote(route("a", "10")) // as strings "10" would be older than "9"
	if got := recent.Newest(shown); got.ResourceVersion != "10" {
		t.Errorf("Newest() = version %s, want the written 10", got.ResourceVersion)
	}
	recent.Wrote(route("a", "9")) // another worker's, which ended later
	if got := recent.Newest(shown); got.ResourceVersion != "10" {
		t.Errorf("Newest() = version %s, want the later write 10", got.ResourceVersion)
	}
	recent.Shown(route("a", "9"))
	if got := recent.Newest(shown); got.ResourceVersion != "10" {
		t.Error("An older event dropped the write")
	}
	if got := recent.Newest(route("a", "11")); got.ResourceVersion != "11" {
		t.Errorf("Newest() = version %s, want the newer 11 of the informer", got.ResourceVersion)
	}
	if got := recent.Newest(shown); got != shown {
		t.Error("A write that was seen is still remembered")
	}
}

func TestRecentUnseen(t *testing.T) {
	recent := watch.NewRecent[*gatewayv1.HTTPRoute]()
	recent.Wrote(route("a", "1"))
	recent.Wrote(route("b", "1"))
	if got := recent.Unseen(map[types.UID]bool{"a": true}, all); len(got) != 1 || got[0].UID != "b" {
		t.Errorf("Unseen() = %v, want b", got)
	}
	if got := recent.Unseen(nil, func(r *gatewayv1.HTTPRoute) bool { return r.UID == "a" }); len(got) != 1 || got[0].UID != "a" {
		t.Errorf("Unseen() = %v, want a", got)
	}
	recent.Evict("b")
	if got := recent.Unseen(nil, all); len(got) != 1 || got[0].UID != "a" {
		t.Errorf("Unseen() = %v after b is gone, want a", got)
	}
}

// TestRecentDuringARead: B-TRN-4, a reconciliation that has read the informer's store before it shows a write
// asks for what was written after it shows it, and still knows of the write.
func TestRecentDuringARead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recent := watch.NewRecent[*gatewayv1.HTTPRoute]()
		changed, created := route("a", "2"), route("b", "1")
		recent.Wrote(changed)
		recent.Wrote(created)
		read := route("a", "1") // and no b
		recent.Shown(changed)
		recent.Shown(created)
		if got := recent.Newest(read); got != changed {
			t.Errorf("Newest() = version %s, want the written 2", got.ResourceVersion)
		}
		if got := recent.Unseen(map[types.UID]bool{"a": true}, all); len(got) != 1 || got[0] != created {
			t.Errorf("Unseen() = %v, want b", got)
		}
		time.Sleep(time.Second)
		if got := recent.Unseen(nil, all); len(got) != 0 {
			t.Errorf("Unseen() = %v a second after all were shown", got)
		}
	})
}

// TestRecentForgetsWhatIsNeverShown: B-OPS-3, an object that was deleted before a relist
// is never shown; it counts for a while only.
func TestRecentForgetsWhatIsNeverShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recent := watch.NewRecent[*gatewayv1.HTTPRoute]()
		recent.Wrote(route("a", "1"))
		time.Sleep(59 * time.Second) // no time passes outside of the bubble
		if got := recent.Unseen(nil, all); len(got) != 1 {
			t.Error("Forgot a write too soon")
		}
		time.Sleep(2 * time.Second)
		if got := recent.Unseen(nil, all); len(got) != 0 {
			t.Error("Still counts what no informer shows")
		}
	})
}
