// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
)

// TestInternalTLS: B-TLS-4, the objects that make the gateway use TLS are written once, before the
// routes; the Service and the namespace own them. B-TRN-4: nothing is written twice.
func TestInternalTLS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data, known := newPlane(t), anAuthority(t)
		w := aWorldWithInternalTLS(t, data, append(anInstallationWithInternalTLS(data, known), aKIngressWithInternalTLS())...)
		w.reconcile(hello)
		expect(t, "Writes before the routes", []string{"create backendtlspolicies"}, w.writes())
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Writes", []string{"create httproutes", "create httproutes", "update ingresses/status"}, w.writes())
		expect(t, "Writes of ConfigMaps", []string{"create"}, w.trustWrites())
		expect(t, "Conditions", isReady, w.conditions("hello"))
		expect(t, "Trust", known, w.trust())
		policy := w.policies()[0]
		expect(t, "Owner", types.UID("uid-of-hello-00001"), metav1.GetControllerOf(&policy).UID)
		expect(t, "Port", "https", string(*policy.Spec.TargetRefs[0].SectionName))
		for range 3 {
			w.reconcile(hello)
		}
		expect(t, "Writes of a resync", []string{}, append(w.writes(), w.trustWrites()...))
		name := cluster.RoutingSecret()
		secret, err := cluster.Get[corev1.Secret](t.Context(), w.r.cluster, cluster.RoutingSecretScope(), name)
		if err != nil || len(secret.Data) != 1 {
			t.Errorf("Of the Secret more than its authority is kept: %v %v", secret, err)
		}
	})
}

// TestInternalTLSDrifts: B-TRN-6, an object for it that another client deletes or changes is restored.
func TestInternalTLSDrifts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data, known := newPlane(t), anAuthority(t)
		w := aWorldWithInternalTLS(t, data, append(anInstallationWithInternalTLS(data, known), aKIngressWithInternalTLS())...)
		w.until("hello is Ready", w.is("hello", "True"))
		w.must(w.gateway.Tracker().Delete(policies, "default", "hello-00001-internal-tls"))
		w.until("the policy is back", func() bool { return len(w.policies()) == 1 })
		stored, err := w.kube.Tracker().Get(configMaps, "default", "net-gateways-internal-tls")
		w.must(err)
		changed := stored.(*corev1.ConfigMap).DeepCopy()
		changed.Data["ca.crt"] = "none"
		w.replaces(changed)
		w.until("the authority is back", func() bool { return w.trust() == known })
	})
}

// TestInternalTLSShared: B-TLS-4, two KIngresses with one backend share its policy, which stays if one of
// them is deleted.
func TestInternalTLSShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		second := aKIngressWithInternalTLS()
		second.Name, second.UID = "second", "uid-of-second"
		second.Spec.Rules = second.Spec.Rules[1:]
		second.Spec.Rules[0].Hosts = []string{tagHost}
		w := aWorldWithInternalTLS(t, data, append(anInstallationWithInternalTLS(data, anAuthority(t)), aKIngressWithInternalTLS(), second)...)
		w.until("both are Ready", func() bool { return w.is("hello", "True")() && w.is("second", "True")() })
		expect(t, "Writes of ConfigMaps", []string{"create"}, w.trustWrites())
		w.writes()
		for range 3 {
			w.reconcile(hello)
			w.reconcile(apply.NameOf(second))
		}
		expect(t, "Writes", []string{}, append(w.writes(), w.trustWrites()...))
		w.update(aKIngress("hello", 0))
		w.until("hello is plain", func() bool { return slices.Equal(w.backendPorts(), []int32{80, 80}) })
		w.reconcile(hello)
		expect(t, "Policies", 1, len(w.policies()))
	})
}

// TestAuthorityRotates: B-TLS-4, a new authority takes one write, and hello stays Ready. The bundle stays
// while the Secret does not exist for a moment.
func TestAuthorityRotates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data, first, second := newPlane(t), anAuthority(t), anAuthority(t)
		w := aWorldWithInternalTLS(t, data, append(anInstallationWithInternalTLS(data, first), aKIngressWithInternalTLS())...)
		w.until("hello is Ready", w.is("hello", "True"))
		w.writes()
		w.trustWrites()
		w.must(w.kube.Tracker().Delete(secrets, "knative-serving", "routing-serving-certs"))
		w.must(w.kube.Tracker().Add(aRoutingSecret(second)))
		w.until("the new authority is trusted", func() bool { return w.trust() == second })
		w.reconcile(hello)
		expect(t, "Writes of ConfigMaps", []string{"patch"}, w.trustWrites())
		expect(t, "Other writes", []string{}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestInternalTLSSwitchedOn: B-TLS-4, B-RDY-3, requests go to the plain port until the TLS port answers
// through the gateway. When it is switched off, its objects are deleted.
func TestInternalTLSSwitchedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aWorldWithInternalTLS(t, data, append(anInstallationWithInternalTLS(data, anAuthority(t)), aKIngress("hello", 0))...)
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Writes", []string{"create httproutes", "create httproutes", "update ingresses/status"}, w.writes())
		data.breaks("hello-00001")
		w.update(aKIngressWithInternalTLS())
		w.until("the other port is asked for", func() bool { return slices.Contains(w.backendPorts(), 443) })
		if !slices.Equal(w.backendPorts(), []int32{80, 80, 443}) {
			t.Error("Requests went to a port that has not answered:", w.backendPorts())
		}
		data.breaks()
		w.until("hello is Ready", func() bool { return w.is("hello", "True")() && w.ingress("hello").Status.ObservedGeneration == 2 })
		expect(t, "Ports", []int32{443, 443}, w.backendPorts())

		w.update(aKIngress("hello", 0))
		w.until("hello is Ready", func() bool { return w.is("hello", "True")() && w.ingress("hello").Status.ObservedGeneration == 3 })
		w.reconcile(hello)
		expect(t, "Policies", 0, len(w.policies()))
		expect(t, "Trust", "", w.trust())
	})
}

// TestInternalTLSGoes: B-TLS-4, when the last KIngress of a namespace that asks for it is deleted,
// nothing is left of it; policies go with their Services.
func TestInternalTLSGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aWorldWithInternalTLS(t, data, append(anInstallationWithInternalTLS(data, anAuthority(t)), aKIngressWithInternalTLS())...)
		w.until("hello is Ready", w.is("hello", "True"))
		w.must(w.networking.Tracker().Delete(ingresses, "default", "hello"))
		w.until("the ConfigMap is gone", func() bool { return w.trust() == "" })
	})
}

// TestInternalTLSImpossible: B-TLS-4, B-RDY-6, the condition names what is missing. Requests go where
// they went before, and never in the clear to a port for TLS. When the lack is repaired, the KIngress
// goes on by itself.
func TestInternalTLSImpossible(t *testing.T) {
	const wanted = "spec.rules[1].http.paths[0].splits[0].servicePort: Service default/hello-00001 is to be reached over TLS (system-internal-tls in ConfigMap config-network), but "
	foreign := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "net-gateways-internal-tls"}, Data: map[string]string{"ca.crt": "mine"}}
	for name, c := range map[string]struct {
		without func(runtime.Object) bool
		with    []runtime.Object
		ready   string
		cure    func(*world, string)
	}{
		"kind": {
			without: func(object runtime.Object) bool {
				found, ok := object.(*metav1.PartialObjectMetadata)
				return ok && strings.HasPrefix(found.Name, "backendtlspolicies")
			},
			ready: "False Unsupported: " + wanted + "CustomResourceDefinition backendtlspolicies.gateway.networking.k8s.io does not exist: install the Gateway API, v1.4.0 or newer",
			cure:  func(w *world, _ string) { w.store(aCRD("backendtlspolicies")) },
		},
		"authority": {
			without: func(object runtime.Object) bool { _, ok := object.(*corev1.Secret); return ok },
			ready: "Unknown RefsNotResolved: " + wanted + "Secret knative-serving/routing-serving-certs does not exist, and no ConfigMap of its namespace with the label " +
				"networking.knative.dev/trust-bundle has a certificate: put that of the certificate authority into one of them",
			cure: func(w *world, authority string) { w.store(aRoutingSecret(authority)) },
		},
		"a ConfigMap of another owner": {
			without: func(runtime.Object) bool { return false },
			with:    []runtime.Object{foreign},
			ready:   "False NotOwned: ConfigMap default/net-gateways-internal-tls exists, belongs to no controller and is left as it is: delete it, or recreate it under another name",
			cure: func(w *world, _ string) {
				expect(t, "The ConfigMap of another owner", "mine", w.trust())
				w.must(w.kube.Tracker().Delete(configMaps, "default", foreign.Name))
				w.impl.EnqueueKey(hello)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data, known := newPlane(t), anAuthority(t)
				objects := append(slices.DeleteFunc(anInstallationWithInternalTLS(data, known), c.without), c.with...)
				w := aWorldWithInternalTLS(t, data, append(objects, aKIngress("hello", 0))...)
				w.until("hello is Ready", w.is("hello", "True"))
				w.writes()
				w.update(aKIngressWithInternalTLS())
				w.until("hello says why not", func() bool {
					w.clock.SetTime(w.clock.Now().Add(time.Second))
					w.impl.EnqueueKey(hello)
					return w.ingress("hello").Status.ObservedGeneration == 2
				})
				ready, _, _ := strings.Cut(w.conditions("hello")["Ready"], "; spec.rules")
				expect(t, "Ready", c.ready, ready)
				expect(t, "Ports", []int32{80, 80}, w.backendPorts())
				expect(t, "Writes", []string{"update ingresses/status"}, w.writes())
				c.cure(w, known)
				w.until("hello is Ready", w.is("hello", "True"))
				expect(t, "Ports after the cure", []int32{443, 443}, w.backendPorts())
			})
		})
	}
}
