// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	ktesting "k8s.io/client-go/testing"

	"github.com/net-gateways/net-gateways/pkg/status"
)

// aConfigOfZones is a configuration with a Gateway that is reserved for the namespaces of a zone.
func aConfigOfZones() *corev1.ConfigMap {
	return aConfigGateway(map[string]string{
		"external-gateways": "- {class: envoy, gateway: gateways/blue}\n- {class: envoy, gateway: gateways/green, namespace-selector: zone=green}",
		"local-gateways":    "- {class: envoy, gateway: gateways/inner}",
	})
}

func withoutNamespaces(objects []runtime.Object) []runtime.Object {
	return slices.DeleteFunc(objects, func(object runtime.Object) bool {
		_, found := object.(*corev1.Namespace)
		return found
	})
}

func aNamespace(name string, labels map[string]string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}
}

// TestNamespaceArrivesLate: B-SEL-3, B-SEL-2, while no informer shows the namespace of a KIngress, it is
// not known which entries are reserved for it: it is on no Gateway, not even for a moment on the default
// one, and goes on when its namespace is shown.
func TestNamespaceArrivesLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(withoutNamespaces(anInstallation(data)), aConfigOfZones(), aKIngress("hello", 0))...))
		w.reconcile(hello)
		expect(t, "Writes", []string{}, w.writes())
		w.pass(status.GraceBeforeReport + 2*time.Second)
		if text := w.conditions("hello")["Ready"]; text != "Unknown ReconcileFailed: namespace default, whose labels decide which Gateway serves KIngress hello, is not in the cache of the controller yet" {
			t.Errorf("It says %q", text)
		}
		expect(t, "Writes", []string{"update ingresses/status"}, w.writes())
		w.store(aNamespace("default", map[string]string{"zone": "green"}))
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Gateways", "green", w.gatewaysOf())
		expect(t, "Writes", []string{"create httproutes", "create httproutes", "update ingresses/status"}, w.writes())
	})
}

// TestNamespaceWakes: B-RDY-6, the event of a namespace enqueues its KIngresses; they need no other event
// to go on.
func TestNamespaceWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(withoutNamespaces(anInstallation(data)), aKIngress("hello", 0))...))
		for queue := w.impl.WorkQueue(); queue.Len() > 0; { // forgotten, with what would be tried again
			key, _ := queue.Get()
			queue.Done(key)
		}
		w.store(aNamespace("default", nil))
		w.until("hello is Ready", w.is("hello", "True"))
	})
}

// TestNamespaceIsMissed: B-SEL-3, B-INS-9, while the informer has lost the namespace, stored objects and
// Ready stay.
func TestNamespaceIsMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := append(withoutNamespaces(anInstallation(data)), aConfigOfZones(), aNamespace("default", map[string]string{"zone": "green"}), aKIngress("hello", 0))
		before := data.serves(newWorld(t, objects...))
		before.until("hello is Ready", before.is("hello", "True"))
		objects = append(withoutNamespaces(anInstallation(data)), aConfigOfZones(), before.ingress("hello"))
		for _, route := range before.routes() {
			objects = append(objects, route)
		}
		w := data.serves(newWorld(t, objects...))
		w.pass(status.GraceWhenReady * 2)
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestNamespaceLabelFreesHost: B-TRN-5, the labels of another namespace decide which KIngress holds a
// host: when the older one moves to another Gateway, the younger one is enqueued.
func TestNamespaceLabelFreesHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		older := aKIngress("older", time.Hour)
		older.Namespace, older.Spec.Rules = "other", older.Spec.Rules[1:]
		w := data.serves(newWorld(t, append(anInstallation(data), aConfigOfZones(), aNamespace("other", nil), older, aKIngress("hello", 0))...))
		w.until("hello reports the conflict", w.is("hello", "False HostConflict"))
		w.drain()
		labelled := aNamespace("other", map[string]string{"zone": "green"})
		w.replaces(labelled)
		w.until("hello has the host on blue", func() bool {
			_, err := w.gateway.Tracker().Get(httpRoutes, "default", publicHost)
			return err == nil && !w.is("hello", "False HostConflict")() // one plane answers for all Gateways here
		})
	})
}

// TestHolderInUnseenNamespace: B-TRN-5, B-SEL-3, while it is not known which Gateway serves the older of
// two KIngresses with a host, the younger one does not take the host.
func TestHolderInUnseenNamespace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		older := aKIngress("older", time.Hour)
		older.Namespace, older.Spec.Rules = "other", older.Spec.Rules[1:]
		w := data.serves(newWorld(t, append(anInstallation(data), aConfigOfZones(), older, aKIngress("hello", 0))...))
		w.reconcile(hello)
		expect(t, "Writes", []string{}, w.writes())
		w.store(aNamespace("other", nil))
		w.until("hello reports the conflict", w.is("hello", "False HostConflict"))
		const text = "False HostConflict: host hello.default.example.com is served by an older KIngress of another namespace: " +
			"change the host, or ask the operator, who finds that KIngress in the log of net-gateways-controller"
		expect(t, "Ready, B-OPS-5: nothing of what another tenant has", text, w.conditions("hello")["Ready"])
		for _, event := range w.said() {
			if strings.Contains(event, "other/older") {
				t.Errorf("Event %q names what another tenant has", event)
			}
		}
	})
}

// TestNamespaceEnds: B-RDY-4, in a namespace that is being deleted, a route that is deleted before its
// KIngress is neither missed in the status nor created again.
func TestNamespaceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		refusal := apierrors.NewForbidden(httpRoutes.GroupResource(), publicHost, errors.New("the namespace is being terminated"))
		refusal.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause}}
		tried := false
		w.gateway.PrependReactor("create", "httproutes", func(ktesting.Action) (bool, runtime.Object, error) {
			tried = true
			return true, nil, refusal
		})
		w.must(w.gateway.Tracker().Delete(httpRoutes, "default", publicHost)) // as the namespace's end does
		w.until("the route was missed", func() bool { return tried })
		w.must(w.r.Reconcile(t.Context(), hello.String())) // an error, or a later look, would come again endlessly
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestNamespaceHasEnded: B-RDY-4, B-OPS-1, if the informer shows that already, no write is tried.
func TestNamespaceHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := anInstallation(data)
		for _, object := range objects {
			if namespace, ok := object.(*corev1.Namespace); ok {
				namespace.DeletionTimestamp, namespace.Finalizers = new(metav1.Now()), []string{"kubernetes"}
			}
		}
		w := data.serves(newWorld(t, append(objects, aKIngress("hello", 0))...))
		w.reconcile(hello)
		expect(t, "Writes", []string{}, w.writes())
	})
}
