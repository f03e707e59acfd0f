// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	ktesting "k8s.io/client-go/testing"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// forbids refuses to list a resource until it is allowed.
func (w *world) forbids(resource string) (allow func()) {
	forbidden := atomic.Bool{}
	forbidden.Store(true)
	for _, fake := range []*ktesting.Fake{&w.kube.Fake, &w.gateway.Fake, &w.metadata.Fake} {
		fake.PrependReactor("list", resource, func(ktesting.Action) (bool, runtime.Object, error) {
			return forbidden.Load(), nil, apierrors.NewForbidden(schema.GroupResource{Resource: resource}, "", errors.New("no such right"))
		})
	}
	return func() { forbidden.Store(false) }
}

// aSettledInstallation are the objects of a cluster in which hello is Ready.
func aSettledInstallation(t *testing.T, data *plane) []runtime.Object {
	t.Helper()
	before := aReadyWorld(t, data)
	objects := append(anInstallation(data), before.ingress("hello"))
	for _, route := range before.routes() {
		objects = append(objects, route)
	}
	return objects
}

// TestCannotObserve: B-RDY-11, a KIngress that is not settled reports what cannot be read, after the
// usual grace and by one write. The read is retried, and nothing else is written. A settled KIngress
// stays as it is, after a restart, too (B-INS-9).
func TestCannotObserve(t *testing.T) {
	for resource, kind := range map[string]string{
		"deployments": "Deployments of namespace knative-serving", "customresourcedefinitions": "CustomResourceDefinitions", "gateways": "Gateways", "gatewayclasses": "GatewayClasses",
		"services": "Services of namespace default", "endpointslices": "EndpointSlices",
	} {
		t.Run(resource, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0))...))
				w.forbids(resource)
				if w.r.Reconcile(t.Context(), hello.String()) == nil {
					t.Fatal("Not tried again")
				}
				expect(t, "Writes", []string{}, w.writes())
				w.clock.SetTime(w.clock.Now().Add(status.GraceBeforeReport))
				for range 3 {
					w.reconcile(hello)
				}
				text := "Unknown ReconcileFailed: " + kind + ": " + resource + " is forbidden: no such right"
				expect(t, "Conditions", network(text), w.conditions("hello"))
				expect(t, "Writes", []string{"update ingresses/status"}, w.writes())

				w = data.serves(newWorld(t, aSettledInstallation(t, data)...))
				w.forbids(resource)
				for range 3 {
					w.clock.SetTime(w.clock.Now().Add(time.Minute))
					w.reconcile(hello)
				}
				expect(t, "Writes", []string{}, w.writes())
				expect(t, "Event", "Warning ReconcileFailed the controller cannot read "+kind+": "+resource+" is forbidden: no such right; services that are Ready are still served, changes and new ones may wait", <-w.events.Events)
				expect(t, "Further Events", 0, len(w.events.Events))
			})
		})
	}
}

// TestObservesAgain: B-RDY-11, B-INS-9, when the right is given, as by a ClusterRole that is applied
// after the image, the KIngresses that waited are served.
func TestObservesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0))...))
		allow := w.forbids("gatewayclasses")
		w.reconcile(hello)
		allow()
		w.until("hello is Ready", w.is("hello", "True"))
	})
}

// TestOthersGoOn: B-RDY-11, a kind that cannot be read stops only the KIngresses that need it.
func TestOthersGoOn(t *testing.T) {
	encrypts := aKIngressWithInternalTLS()
	encrypts.Name, encrypts.UID = "needs", "uid-of-needs"
	encrypts.Spec.Rules = encrypts.Spec.Rules[1:]
	encrypts.Spec.Rules[0].Hosts = []string{tagHost}
	plain := aKIngress("needs", 0)
	plain.Spec.Rules = plain.Spec.Rules[1:]
	plain.Spec.Rules[0].Hosts = []string{tagHost}
	secured := plain.DeepCopy()
	secured.Spec.TLS = []v1alpha1.IngressTLS{{Hosts: []string{tagHost}, SecretName: "certificate", SecretNamespace: "default"}}
	for resource, c := range map[string]struct {
		needs *v1alpha1.Ingress
		kind  string
	}{
		"backendtlspolicies": {encrypts, "BackendTLSPolicies"},
		"secrets":            {encrypts, "Secrets of namespace knative-serving"},
		"configmaps":         {encrypts, "ConfigMaps of namespace knative-serving"},
		"listenersets":       {secured, "ListenerSets"},
	} {
		t.Run(resource, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				objects := append(anInstallationWithInternalTLS(data, anAuthority(t)), aCRD("listenersets"), aKIngress("hello", 0), c.needs.DeepCopy())
				w := aWorldWithInternalTLS(t, data, objects...)
				w.forbids(resource)
				w.until("hello is Ready", w.is("hello", "True"))
				w.until("the other says why it is not", func() bool {
					w.clock.SetTime(w.clock.Now().Add(time.Second))
					w.impl.EnqueueKey(apply.NameOf(c.needs))
					return w.is("needs", "Unknown ReconcileFailed: "+c.kind+": "+resource+" is forbidden: no such right")()
				})
			})
		})
	}
}
