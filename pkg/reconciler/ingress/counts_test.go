// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"knative.dev/pkg/reconciler"

	"github.com/net-gateways/net-gateways/pkg/status"
)

// TestCounted: B-OPS-6, what a reconcile finds is what the metrics count: first that it waits, then that it is Ready at the Gateways of
// both sides, and nothing when another replica leads.
func TestCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		data.deaf.Store(true)
		w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0))...))
		uid := w.ingress("hello").UID
		states := func() (found []string) {
			for _, standing := range w.r.metrics.Standings(uid) {
				found = append(found, standing.Gateway.Name+" "+string(standing.Visibility)+" "+string(standing.State))
			}
			return found
		}
		w.until("it waits", func() bool {
			all := w.r.metrics.Standings(uid)
			return len(all) == 2 && all[0].State == status.StandingWaiting && all[0].Reason != ""
		})
		data.deaf.Store(false)
		w.until("it is Ready", w.is("hello", "True"))
		synctest.Wait()
		if diff := cmp.Diff([]string{"blue ExternalIP ready", "inner ClusterLocal ready"}, states()); diff != "" {
			t.Errorf("(-want, +got)\n%s", diff)
		}
		w.r.Demote(reconciler.UniversalBucket())
		if found := states(); found != nil {
			t.Errorf("Another replica leads, and it has %q", found)
		}
	})
}
