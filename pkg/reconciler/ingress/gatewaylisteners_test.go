// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	ktesting "k8s.io/client-go/testing"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

var (
	programmed      = metav1.Condition{Type: "Programmed", Status: metav1.ConditionTrue, Reason: "Programmed"}
	referenceGrants = schema.GroupVersion(gatewayv1beta1.GroupVersion).WithResource("referencegrants")
)

// grants are the names of the Secrets that Gateways may read.
func (w *world) grants() []string {
	w.Helper()
	stored, err := w.gateway.Tracker().List(referenceGrants, schema.GroupVersion(gatewayv1beta1.GroupVersion).WithKind("ReferenceGrant"), "")
	w.must(err)
	found := []string{}
	for _, grant := range stored.(*gatewayv1beta1.ReferenceGrantList).Items {
		found = append(found, string(grant.Spec.From[0].Namespace)+" reads "+string(*grant.Spec.To[0].Name))
	}
	return found
}

// anInstallationWithoutListenerSets is an installation whose API server does not serve the kind.
func anInstallationWithoutListenerSets(t *testing.T, data *plane) []runtime.Object {
	t.Helper()
	objects := anInstallationWithTLS(t, data)
	return objects[:len(objects)-1]
}

// aReadyWorldOnGateway is a world in which hello is Ready with a listener on the Gateway blue.
func aReadyWorldOnGateway(t *testing.T, option v1alpha1.HTTPOption) *world {
	t.Helper()
	data := newPlane(t)
	w := data.serves(newWorld(t, append(anInstallationWithoutListenerSets(t, data), aKIngressWithTLS(option))...))
	w.until("a listener is on the Gateway", func() bool { return len(w.listenersOf("blue")) == 2 })
	w.listenersAre("blue", programmed)
	w.until("hello is Ready", w.is("hello", "True"))
	return w
}

func (w *world) deleted(name string) {
	w.Helper()
	w.changeIngress(name, func(ing *v1alpha1.Ingress) { ing.DeletionTimestamp = new(metav1.NewTime(w.clock.Now())) })
}

func (w *world) free() bool { return len(w.ingress("hello").Finalizers) == 0 }

// TestListenerOnGateway: B-TLS-1, B-OPS-4, without ListenerSets a host of spec.tls gets a listener on the
// Gateway. It is Ready when it answers through the listener, and takes three more writes. All of it goes
// with the KIngress; the operator's listeners stay.
func TestListenerOnGateway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallationWithoutListenerSets(t, data), aKIngressWithTLS(v1alpha1.HTTPOptionEnabled))...))
		before := w.gatewayNamed("blue")
		w.until("hello is Ready", w.is("hello", "True"))
		written := w.gatewayNamed("blue")
		own := written.Spec.Listeners[1]
		expect(t, "Their listener", before.Spec.Listeners[0], written.Spec.Listeners[0])
		expect(t, "Grants", []string{"gateways reads certificate"}, w.grants())
		if !strings.HasPrefix(string(own.Name), publicHost+".") || !strings.HasSuffix(string(own.Name), ".net-gateways") {
			t.Errorf("Listener %s", own.Name)
		}
		if _, asked := data.names.Load(publicHost); !asked {
			t.Error("Nothing was probed over TLS")
		}
		expect(t, "Writes", []string{
			"create referencegrants", "patch gateways", "create httproutes", "create httproutes", // and in the other API
			"patch ingresses", "update ingresses/status",
		}, w.writes())
		for range 3 {
			w.reconcile(hello)
		}
		expect(t, "Writes", []string{}, w.writes())

		w.deleted("hello")
		w.until("hello may go", w.free)
		expect(t, "Listeners", []string{"http"}, w.listenersOf("blue"))
		expect(t, "Writes", []string{"patch gateways", "patch ingresses"}, w.writes())
	})
}

// TestListenerFails: B-RDY-6, a negative condition of a listener on the Gateway is in the status.
func TestListenerFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorldOnGateway(t, v1alpha1.HTTPOptionEnabled)
		w.listenersAre("blue", metav1.Condition{Type: "ResolvedRefs", Status: metav1.ConditionFalse, Reason: "InvalidCertificateRef", Message: "Secret default/certificate does not exist."})
		notReady := w.is("hello", "False RefsNotResolved: HTTPS for host "+publicHost+" with Secret default/certificate (listener "+w.listenersOf("blue")[1]+" of Gateway gateways/blue)")
		w.until("hello is not Ready", func() bool {
			w.clock.SetTime(w.clock.Now().Add(time.Second))
			return notReady()
		})
		w.listenersAre("blue", programmed)
		w.until("hello is Ready again", w.is("hello", "True"))
	})
}

// TestListenerMoves: B-SEL-5, B-TLS-1, a service that moves has its listener on both
// Gateways until it may leave the old one.
func TestListenerMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorldOnGateway(t, v1alpha1.HTTPOptionRedirected)
		w.changeIngress("hello", func(ing *v1alpha1.Ingress) { ing.Labels = map[string]string{"gateway": "green"} })
		w.until("its listener is on both", func() bool { return len(w.listenersOf("green")) == 2 })
		expect(t, "Listeners of blue", 2, len(w.listenersOf("blue")))
		w.listenersAre("green", programmed)
		w.until("green is published", func() bool {
			return strings.Contains(w.ingress("hello").Status.PublicLoadBalancer.Ingress[0].DomainInternal, "green")
		})
		expect(t, "Listeners of blue", 2, len(w.listenersOf("blue")))
		w.clock.SetTime(w.clock.Now().Add(time.Hour))
		w.reconcile(hello)
		w.until("blue is left", func() bool { return len(w.listenersOf("blue")) == 1 })
		expect(t, "Listeners of green", 2, len(w.listenersOf("green")))
		if w.free() || len(w.grants()) != 1 {
			t.Errorf("Finalizers %v, grants %v", w.ingress("hello").Finalizers, w.grants())
		}
	})
}

// TestListenerIsChanged: B-TRN-6, drift is repaired, and fields that other managers add stay.
func TestListenerIsChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorldOnGateway(t, v1alpha1.HTTPOptionEnabled)
		w.changeGateway("blue", "kubectl-edit", func(gateway *gatewayv1.Gateway) { gateway.Spec.Listeners[1].Port = 8443 })
		w.until("the port is repaired", func() bool { return w.gatewayNamed("blue").Spec.Listeners[1].Port == 443 })
		w.changeGateway("blue", "kubectl-edit", func(gateway *gatewayv1.Gateway) { gateway.Spec.Listeners = gateway.Spec.Listeners[:1] })
		w.until("the listener is back", func() bool { return len(w.listenersOf("blue")) == 2 })
		w.listenersAre("blue", programmed)
		w.until("hello is Ready", w.is("hello", "True"))
		w.writes()
		w.changeGateway("blue", "policy", func(gateway *gatewayv1.Gateway) {
			gateway.Spec.Listeners[1].TLS.Options = map[gatewayv1.AnnotationKey]gatewayv1.AnnotationValue{"example.com/ciphers": "strong"}
		})
		w.listenersAre("blue", programmed)
		for range 3 {
			w.reconcile(hello)
		}
		expect(t, "Writes", []string{}, w.writes())
	})
}

// TestListenerOfAnUnservedSide: B-SEL-6, a mistake costs no traffic: if a Gateway cannot be used, its
// routes stay, and listeners with them.
func TestListenerOfAnUnservedSide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorldOnGateway(t, v1alpha1.HTTPOptionEnabled)
		w.changeGateway("blue", "another-client", func(gateway *gatewayv1.Gateway) { gateway.Spec.GatewayClassName = "other" })
		w.until("hello says so", w.is("hello", "False GatewayNotFound"))
		expect(t, "Listeners", 2, len(w.listenersOf("blue")))
		expect(t, "Grants", 1, len(w.grants()))
	})
}

// TestListenerByStatus: B-RDY-1, if the Gateway's status is the proof, the conditions of the listener
// count, too.
func TestListenerByStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		data.guarded.Store(true)
		ing := aKIngressWithTLS(v1alpha1.HTTPOptionEnabled)
		ing.Spec.Rules = ing.Spec.Rules[1:]
		w := data.serves(newWorld(t, append(anInstallationWithoutListenerSets(t, data), ing)...))
		w.until("both ways have been refused", func() bool { return w.targets(probe.Failed) == 2 })
		w.accept(publicHost)
		w.clock.SetTime(w.clock.Now().Add(2 * probe.RefusedFor))
		w.reconcile(hello)
		w.until("hello waits for its listener", func() bool {
			w.clock.SetTime(w.clock.Now().Add(time.Second))
			return strings.HasSuffix(w.conditions("hello")["Ready"], "on Gateway gateways/blue is not programmed yet")
		})
		w.listenersAre("blue", programmed)
		w.until("hello is Ready", w.is("hello", "True"))
	})
}

// TestGatewayMayNotBeChanged: B-TLS-1, B-RDY-6, if the API server forbids writes of the Gateway, the
// condition names the Gateway and the field.
func TestGatewayMayNotBeChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := newWorld(t, append(anInstallationWithoutListenerSets(t, data), aKIngressWithTLS(v1alpha1.HTTPOptionEnabled))...)
		w.gateway.PrependReactor("patch", "gateways", func(ktesting.Action) (bool, runtime.Object, error) {
			return true, nil, apierrors.NewForbidden(gateways.GroupResource(), "blue", errors.New("no"))
		})
		data.serves(w)
		w.until("hello says so", w.is("hello", "False Unsupported: Gateway gateways/blue: the controller may not change spec.listeners"))
		w.pass(time.Second)
		w.writes()
		w.reconcile(hello)
		expect(t, "Writes", []string{"patch gateways"}, w.writes()) // only what is refused is tried again
		w.deleted("hello")
		w.until("hello may go", w.free)
	})
}
