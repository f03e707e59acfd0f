// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// sets are the stored ListenerSets: their hostnames, and the names of their owners.
func (w *world) sets() (hostnames, owners []string) {
	w.Helper()
	for _, set := range w.listenerSets() {
		for _, listener := range set.Spec.Listeners {
			hostnames = append(hostnames, string(*listener.Hostname))
		}
		for _, owner := range set.OwnerReferences {
			owners = append(owners, owner.Name)
		}
	}
	slices.Sort(hostnames)
	slices.Sort(owners)
	return hostnames, owners
}

// TestSharedListener: B-TLS-1, two KIngresses that begin to share a certificate get one listener for the
// domain, and the listener of the older is removed after the drain time. If one of them is deleted, the
// other owns the shared listener alone, and goes on with it.
func TestSharedListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		older, younger := aKIngressWithTLS(v1alpha1.HTTPOptionEnabled), aKIngress("second", 0)
		younger.Spec.Rules = younger.Spec.Rules[1:]
		younger.Spec.Rules[0].Hosts = []string{"second.default.example.com"}
		younger.Spec.TLS = []v1alpha1.IngressTLS{{Hosts: younger.Spec.Rules[0].Hosts, SecretName: "certificate"}}
		w := data.serves(newWorld(t, append(anInstallationWithTLS(t, data), older)...))
		are := func(hostnames, owners []string) func() bool {
			return func() bool {
				gotHosts, gotOwners := w.sets()
				return slices.Equal(gotHosts, hostnames) && slices.Equal(gotOwners, owners)
			}
		}
		const domain = "*.default.example.com"
		w.until("hello has a listener of its own", are([]string{publicHost}, []string{"hello"}))

		w.says("ResolvedRefs=True", "Programmed=True")
		w.until("hello is Ready", w.is("hello", "True"))

		w.store(younger)
		w.until("they share one, beside the old one", are([]string{domain, publicHost}, []string{"hello", "hello", "second"}))
		w.says("ResolvedRefs=True", "Programmed=True")
		w.until("the younger one is Ready", w.is("second", "True"))
		w.clock.SetTime(w.clock.Now().Add(time.Hour))
		w.reconcile(hello)
		w.until("the old one is gone, by way of the shared ListenerSet", are([]string{domain, publicHost}, []string{"hello", "second"}))
		w.says("ResolvedRefs=True", "Programmed=True")
		w.until("there is one listener", are([]string{domain}, []string{"hello", "second"}))
		w.drain()
		w.writes()
		w.reconcile(hello)
		w.reconcile(apply.NameOf(younger))
		expect(t, "Writes", []string{}, w.writes())

		w.must(w.networking.Tracker().Delete(ingresses, older.Namespace, older.Name))
		w.until("the other owns it alone", are([]string{domain}, []string{"second"}))
	})
}
