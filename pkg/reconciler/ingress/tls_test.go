// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

var listenerSets = schema.GroupVersion(gatewayv1.GroupVersion).WithResource("listenersets")

// aKIngressWithTLS is hello with a certificate for its external host.
func aKIngressWithTLS(option v1alpha1.HTTPOption) *v1alpha1.Ingress {
	ing := aKIngress("hello", 0)
	ing.Spec.HTTPOption = option
	ing.Spec.TLS = []v1alpha1.IngressTLS{{Hosts: []string{publicHost}, SecretName: "certificate", SecretNamespace: "default"}}
	return ing
}

// anInstallationWithTLS is an installation whose Gateways take ListenerSets and have a port for TLS.
func anInstallationWithTLS(t *testing.T, data *plane) []runtime.Object {
	t.Helper()
	objects := append(anInstallation(data), aCRD("listenersets"))
	for _, object := range objects {
		switch object := object.(type) {
		case *gatewayv1.Gateway:
			object.Spec.AllowedListeners = &gatewayv1.AllowedListeners{Namespaces: &gatewayv1.ListenerNamespaces{From: new(gatewayv1.NamespacesFromAll)}}
		case *corev1.Service:
			object.Spec.Ports = append(object.Spec.Ports, corev1.ServicePort{Name: "https", Port: 443})
		case *discoveryv1.EndpointSlice:
			object.Ports = append(object.Ports, discoveryv1.EndpointPort{Name: new("https"), Port: new(int32(httpsPort))})
		}
	}
	return objects
}

// listenerSet is the only stored ListenerSet; nil if there is none.
func (w *world) listenerSet() *gatewayv1.ListenerSet {
	w.Helper()
	if stored := w.listenerSets(); len(stored) > 0 {
		return &stored[0]
	}
	return nil
}

func (w *world) listenerSets() []gatewayv1.ListenerSet {
	w.Helper()
	stored, err := w.gateway.Tracker().List(listenerSets, schema.GroupVersion(gatewayv1.GroupVersion).WithKind("ListenerSet"), "")
	if err != nil {
		w.Fatal(err)
	}
	return stored.(*gatewayv1.ListenerSetList).Items
}

// says reports a condition for all listeners, such as "ResolvedRefs=False".
func (w *world) says(words ...string) {
	w.Helper()
	for _, set := range w.listenerSets() {
		w.saysOf(set.DeepCopy(), words)
	}
}

func (w *world) saysOf(set *gatewayv1.ListenerSet, words []string) {
	w.Helper()
	set.Status = gatewayv1.ListenerSetStatus{}
	for _, listener := range set.Spec.Listeners {
		status := gatewayv1.ListenerEntryStatus{Name: listener.Name}
		for _, word := range words {
			kind, value, _ := strings.Cut(word, "=")
			status.Conditions = append(status.Conditions, metav1.Condition{
				Type: kind, Status: metav1.ConditionStatus(value), Reason: "InvalidCertificateRef", Message: "Secret default/certificate does not exist.", ObservedGeneration: set.Generation,
			})
		}
		set.Status.Listeners = append(set.Status.Listeners, status)
	}
	w.replaces(set)
}

// TestCertificate: B-TLS-1, B-RDY-2, a host of spec.tls is Ready when it answers over TLS, and not before
// its listener works. B-RDY-6: the condition says what is wrong with its certificate, and B-TLS-3: the
// host goes on by itself when that is repaired.
func TestCertificate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallationWithTLS(t, data), aKIngressWithTLS(v1alpha1.HTTPOptionEnabled))...))
		w.until("a ListenerSet is written", func() bool { return w.listenerSet() != nil })
		listener := w.listenerSet().Spec.Listeners[0]
		expect(t, "Secret", "certificate", string(listener.TLS.CertificateRefs[0].Name))

		w.says("ResolvedRefs=False", "Programmed=False")
		const problem = "HTTPS for host hello.default.example.com with Secret default/certificate"
		w.until("hello says what is wrong", func() bool {
			w.clock.SetTime(w.clock.Now().Add(time.Second))
			ready := w.conditions("hello")["Ready"]
			return strings.HasPrefix(ready, "False RefsNotResolved: "+problem) && strings.HasSuffix(ready, "Secret default/certificate does not exist.")
		})
		w.says("ResolvedRefs=True", "Programmed=True")
		w.until("hello is Ready", w.is("hello", "True"))
		if _, asked := data.names.Load(publicHost); !asked {
			t.Error("No proxy was asked through TLS")
		}
		w.writes()
		for range 3 {
			w.reconcile(hello)
		}
		expect(t, "Writes", []string{}, w.writes())
	})
}

// TestRedirect: B-TLS-2, requests are redirected once the listener works, and hello is not Ready before.
// If the host is taken out of spec.tls, the ListenerSet is deleted after the drain time.
func TestRedirect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallationWithTLS(t, data), aKIngressWithTLS(v1alpha1.HTTPOptionRedirected))...))
		w.until("a ListenerSet is written", func() bool { return w.listenerSet() != nil })
		if w.routes()[publicHost+".redirect"] != nil {
			t.Error("Redirected to a listener that does not work")
		}
		w.says("ResolvedRefs=True", "Programmed=True")
		w.until("hello is Ready", w.is("hello", "True"))
		if w.routes()[publicHost+".redirect"] == nil || !dataplane.IsListenerSet(w.routes()[publicHost].Spec.ParentRefs[0]) {
			t.Errorf("Ready without a redirect: %s", w.describe())
		}

		w.changeIngress("hello", func(ing *v1alpha1.Ingress) { ing.Spec.TLS = nil })
		w.until("hello is plain", func() bool { return w.routes()[publicHost+".redirect"] == nil })
		if set := w.listenerSet(); set == nil || len(set.Spec.Listeners) != 1 {
			t.Error("The listener went with its entry in spec.tls")
		}
		w.clock.SetTime(w.clock.Now().Add(time.Hour))
		w.reconcile(hello)
		w.until("the ListenerSet is gone", func() bool { return w.listenerSet() == nil })
	})
}

// TestListenerSetsArrive: B-INS-7, B-RDY-4, without ListenerSets listeners are on the Gateway. If the
// kind is installed later, new ones are in ListenerSets, and those on the Gateway stay.
func TestListenerSetsArrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorldOnGateway(t, v1alpha1.HTTPOptionEnabled)
		w.store(aCRD("listenersets"))
		w.drain()
		another := aKIngressWithTLS(v1alpha1.HTTPOptionEnabled)
		another.Name, another.UID = "another", "uid-of-another"
		another.Spec.Rules = another.Spec.Rules[1:]
		another.Spec.Rules[0].Hosts, another.Spec.TLS[0].Hosts = []string{"another.example.com"}, []string{"another.example.com"}
		w.store(another)
		w.until("another has a ListenerSet", func() bool { return w.listenerSet() != nil })
		expect(t, "Owner", "another", w.listenerSet().OwnerReferences[0].Name)
		expect(t, "Listeners", 2, len(w.listenersOf("blue")))
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}
