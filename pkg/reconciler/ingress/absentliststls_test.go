// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// restartsWith restarts the controller without the last good lists.
func (w *world) restartsWith(data lists) {
	w.Helper()
	w.r.config = config.NewStore("knative-serving", nil)
	w.r.config.OnConfigMap(aConfigGateway(data))
}

// TestTLSWithoutLists: B-INS-9, while the lists are absent, listeners on Gateways and in ListenerSets,
// and the objects for TLS to backends, stay with the routes.
func TestTLSWithoutLists(t *testing.T) {
	for name, start := range map[string]func(*testing.T) *world{
		"listeners on a Gateway":               func(t *testing.T) *world { return aReadyWorldOnGateway(t, v1alpha1.HTTPOptionEnabled) },
		"listeners on a Gateway and redirects": func(t *testing.T) *world { return aReadyWorldOnGateway(t, v1alpha1.HTTPOptionRedirected) },
		"a ListenerSet": func(t *testing.T) *world {
			data := newPlane(t)
			w := data.serves(newWorld(t, append(anInstallationWithTLS(t, data), aKIngressWithTLS(v1alpha1.HTTPOptionEnabled))...))
			w.until("a ListenerSet is written", func() bool { return w.listenerSet() != nil })
			w.says("ResolvedRefs=True", "Programmed=True")
			w.until("hello is Ready", w.is("hello", "True"))
			return w
		},
		"TLS to backends": func(t *testing.T) *world {
			data := newPlane(t)
			w := aWorldWithInternalTLS(t, data, append(anInstallationWithInternalTLS(data, anAuthority(t)), aKIngressWithInternalTLS())...)
			w.until("hello is Ready", w.is("hello", "True"))
			return w
		},
	} {
		for missing, data := range map[string]lists{
			"both lists":        {},
			"the external list": listsWithout(config.ExternalGateways),
			"the local list":    listsWithout(config.LocalGateways),
		} {
			inBubble(t, name+" without "+missing, func(t *testing.T) {
				w := start(t)
				w.writes()
				w.trustWrites()
				w.restartsWith(data)
				w.reconcile(hello)
				expect(t, "Writes", []string{}, w.writes())
				if writes := w.trustWrites(); len(writes) > 0 {
					t.Errorf("Writes %v", writes)
				}
				expect(t, "Ready", "True", w.conditions("hello")["Ready"])
			})
		}
	}
}
