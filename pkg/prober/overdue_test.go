// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"testing"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// TestOverdueTries: B-RDY-1, B-OPS-1, an answer that comes late, up to four times the time of an attempt, counts, whether one service waits
// for it or 300.
func TestOverdueTries(t *testing.T) {
	for name, test := range map[string]struct {
		services int
		latency  time.Duration
		want     time.Duration // until all are proven, at most; 0 if they never are
	}{
		"a bit late":          {1, 1500 * time.Millisecond, 1600 * time.Millisecond},
		"very late":           {1, 3500 * time.Millisecond, 3600 * time.Millisecond},
		"too late":            {1, 4500 * time.Millisecond, 0},
		"a bit late for many": {300, 1500 * time.Millisecond, 90 * time.Second},
		"very late for many":  {300, 3500 * time.Millisecond, 150 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, m *model, w *watch) {
				targets, began := many("10.0.0.1:80", test.services), time.Now()
				m.set(func() {
					m.latency = test.latency
					for _, target := range targets {
						m.served[target] = began
					}
				})
				w.Check(alice, targets)
				after(1100 * time.Millisecond)
				if failed := w.Known(alice).Results[0]; failed.State != probe.Failed || failed.Err != "no answer within 1s" {
					t.Errorf("after a second: %+v", failed)
				}
				for !w.Known(alice).Proven() && time.Since(began) < 5*time.Minute {
					after(100 * time.Millisecond)
				}
				took := time.Since(began)
				t.Log("took", took, "with", m.total(), "tries")
				if proven := w.Known(alice).Proven(); proven != (test.want > 0) || proven && took > test.want {
					t.Errorf("proven: %v, after %s", proven, took)
				}
			})
		})
	}
}
