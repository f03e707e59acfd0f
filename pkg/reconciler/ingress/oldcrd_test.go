// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	ktesting "k8s.io/client-go/testing"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// aCRDOfRelease is a CRD whose annotation names a release of the Gateway API.
func aCRDOfRelease(name, release string) *metav1.PartialObjectMetadata {
	found := aCRD(name)
	found.Annotations["gateway.networking.k8s.io/bundle-version"] = release
	return found
}

// bundle sets that annotation, and returns when informers show it.
func (w *world) bundle(name, release string) {
	w.Helper()
	changed := aCRDOfRelease(name, release)
	w.replaces(changed)
	w.until("the CRD is seen", func() bool {
		found, err := cluster.Get[metav1.PartialObjectMetadata](w.Context(), w.r.cluster, watch.Named(cluster.CRDs, "", changed.Name), types.NamespacedName{Name: changed.Name})
		w.must(err)
		return found.ResourceVersion == changed.ResourceVersion
	})
}

// TestCRDLooksOld: B-INS-7, B-INS-9, if an annotation names an old release, settled KIngresses stay as
// they are, after a restart, too; a new KIngress reports what is wrong, and goes on by itself when it is
// repaired.
func TestCRDLooksOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aReadyWorld(t, data)
		w.bundle("httproutes", "v1.1.0")
		for range 3 {
			w.reconcile(hello)
		}
		newer := aKIngress("newer", 0)
		newer.Spec.Rules = newer.Spec.Rules[1:]
		newer.Spec.Rules[0].Hosts = []string{tagHost}
		w.must(w.networking.Tracker().Add(newer))
		w.until("the new one says why it is not Ready", w.is("newer", "False"))
		text := "False GatewayAPIMissing: CustomResourceDefinition httproutes.gateway.networking.k8s.io is of Gateway API v1.1.0: install v1.2.0 or newer"
		expect(t, "Conditions", network(text), w.conditions("newer"))
		expect(t, "Conditions", isReady, w.conditions("hello"))
		expect(t, "Writes", []string{"update ingresses/status"}, w.writes())
		w.bundle("httproutes", "v1.6.1")
		w.until("the new one is Ready", w.is("newer", "True"))
		expect(t, "Writes", []string{"create httproutes", "update ingresses/status"}, w.writes())

		objects := append(aSettledInstallation(t, data), aCRDOfRelease("httproutes", "v1.1.0"))
		w = data.serves(newWorld(t, objects[:len(objects)-1]...))
		w.replaces(objects[len(objects)-1])
		w.reconcile(hello)
		expect(t, "Writes after a restart", []string{}, w.writes())
	})
}

// TestCRDLooksOldUnderAChange: B-INS-9, while a change has to wait, the proof from before stays.
func TestCRDLooksOldUnderAChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		proven := w.ingress("hello").Status.Annotations[status.ProvenAnnotation]
		w.bundle("gateways", "v1.1.0")
		w.changeIngress("hello", toNextGeneration)
		w.until("hello says why it is not Ready", w.is("hello", "False GatewayAPIMissing"))
		expect(t, "Proofs", proven, w.ingress("hello").Status.Annotations[status.ProvenAnnotation])
		expect(t, "HTTPRoutes", 2, len(w.routes()))
	})
}

// TestOptionalCRDLooksOld: B-INS-7, B-INS-9, the API server tells whether there are ListenerSets, and not
// an annotation: stored ones stay.
func TestOptionalCRDLooksOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallationWithTLS(t, data), aKIngressWithTLS(v1alpha1.HTTPOptionEnabled))...))
		w.until("a ListenerSet is written", func() bool { return w.listenerSet() != nil })
		w.says("ResolvedRefs=True", "Programmed=True")
		w.until("hello is Ready", w.is("hello", "True"))
		w.writes()
		w.bundle("listenersets", "v1.1.0")
		for range 3 {
			w.reconcile(hello)
		}
		expect(t, "Writes", []string{}, w.writes())
	})
}

// TestOptionalCRDIsOld: B-INS-7, if the API server does not serve the version that the controller uses,
// the listeners are on the Gateway.
func TestOptionalCRDIsOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallationWithTLS(t, data), aKIngressWithTLS(v1alpha1.HTTPOptionEnabled))...))
		w.replaces(aCRDOfRelease("listenersets", "v1.1.0"))
		w.gateway.PrependReactor("list", "listenersets", func(ktesting.Action) (bool, runtime.Object, error) {
			return true, nil, apierrors.NewGenericServerResponse(404, "list", gatewayv1.Resource("listenersets"), "", "", 0, true)
		})
		w.until("the listener is on the Gateway", func() bool { return len(w.listenersOf("blue")) == 2 })
	})
}
