// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// TestDegradesInTime: B-RDY-1, behind an auth proxy `auto` takes a weaker proof after 15 s and not
// before; for another service behind the same proxy it does within 10 s. Both have the better proof
// within 11 s after the proxy is gone.
func TestDegradesInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		data.guarded.Store(true)
		first, second := aKIngress("hello", 0), aKIngress("second", 0)
		first.Spec.Rules, second.Spec.Rules = first.Spec.Rules[1:], second.Spec.Rules[1:]
		second.Spec.Rules[0].Hosts = []string{"second.default.example.com"}
		w := data.serves(newWorld(t, append(anInstallation(data), first)...))
		network := func(name string) string { return w.conditions(name)["NetworkConfigured"] }
		degraded := func(name string) func() bool {
			return func() bool { return w.is(name, "True")() && network(name) != "True" }
		}
		began := time.Now()
		w.until("hello has been refused", func() bool { return w.targets(probe.Failed) == 1 })
		w.accept(publicHost)
		w.until("hello is Ready by a weaker proof", degraded("hello"))
		if took := time.Since(began); took < 15*time.Second || took > 16*time.Second {
			t.Errorf("Degraded after %s", took)
		}
		began = time.Now()
		w.store(second)
		w.until("the second has its route", func() bool { return w.routes()["second.default.example.com"] != nil })
		w.accept("second.default.example.com")
		w.until("the second is Ready by a weaker proof", degraded("second"))
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("The second degraded after %s", took)
		}
		data.guarded.Store(false)
		began = time.Now()
		w.until("both have the better proof", func() bool { return network("hello") == "True" && network("second") == "True" })
		if took := time.Since(began); took > 11*time.Second {
			t.Errorf("Recovered after %s", took)
		}
	})
}
