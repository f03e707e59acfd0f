// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
)

const sharedDomain = "*.default.example.com"

// aSharer is a KIngress with one external host and the certificate of its domain, the older the
// lower its number.
func aSharer(number int) *v1alpha1.Ingress {
	ing := aKIngress(fmt.Sprintf("s%02d", number), time.Hour-time.Duration(number)*time.Minute)
	ing.Spec.Rules = ing.Spec.Rules[1:]
	ing.Spec.Rules[0].Hosts = []string{ing.Name + ".default.example.com"}
	ing.Spec.TLS = []v1alpha1.IngressTLS{{Hosts: ing.Spec.Rules[0].Hosts, SecretName: "certificate"}}
	return ing
}

// aSharingWorld is a world in which so many KIngresses share a ListenerSet.
func aSharingWorld(t *testing.T, many int) *world {
	t.Helper()
	data := newPlane(t)
	objects := anInstallationWithTLS(t, data)
	for i := range many {
		objects = append(objects, aSharer(i))
	}
	w := data.serves(newWorld(t, objects...))
	w.drain()
	w.says("ResolvedRefs=True", "Programmed=True")
	w.drain()
	w.writes()
	return w
}

// owners are the names of the owners of the shared ListenerSet; nil when there is none.
func (w *world) owners() []string {
	w.Helper()
	for _, set := range w.listenerSets() {
		names := []string{}
		for _, ref := range set.OwnerReferences {
			names = append(names, ref.Name)
		}
		if metav1.GetControllerOf(&set) == nil {
			slices.Sort(names)
			return names
		}
	}
	return nil
}

func namesOf(from, to int) []string {
	names := []string{}
	for i := from; i < to; i++ {
		names = append(names, fmt.Sprintf("s%02d", i))
	}
	return names
}

// deletes deletes KIngresses, and their routes as the garbage collector does.
func (w *world) deletes(from, to int) {
	w.Helper()
	for _, name := range namesOf(from, to) {
		w.must(w.networking.Tracker().Delete(ingresses, "default", name))
		w.must(w.gateway.Tracker().Delete(httpRoutes, "default", name+".default.example.com"))
	}
}

// TestSharedOutlivesItsOwners: B-TLS-1, B-OPS-3, the oldest of many KIngresses own their shared
// ListenerSet, with the namespace if there are more of them. If the owners are deleted at once, the
// ListenerSet stays for the others, which own it then, and is deleted with the last ones.
func TestSharedOutlivesItsOwners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aSharingWorld(t, listeners.MaxOwners+2)
		expect(t, "Owners", append([]string{"default"}, namesOf(0, listeners.MaxOwners)...), w.owners())
		for _, name := range namesOf(0, listeners.MaxOwners+2) {
			w.reconcile(apply.NameOf(w.ingress(name)))
		}
		expect(t, "Writes when nothing happened", 0, len(w.writes()))

		w.deletes(0, listeners.MaxOwners)
		w.drain()
		expect(t, "Owners", namesOf(listeners.MaxOwners, listeners.MaxOwners+2), w.owners())
		w.writes()
		for _, name := range namesOf(listeners.MaxOwners, listeners.MaxOwners+2) {
			w.reconcile(apply.NameOf(w.ingress(name)))
		}
		expect(t, "Writes when nothing more happened", 0, len(w.writes()))
		if !w.is("s08", "True")() || !w.is("s09", "True")() {
			t.Errorf("Not Ready: %s", w.describe())
		}

		w.deletes(listeners.MaxOwners, listeners.MaxOwners+2)
		w.drain()
		expect(t, "ListenerSets", 0, len(w.listenerSets()))
	})
}

// TestAllSharersGoAtOnce: B-OPS-3, a ListenerSet that the namespace owns is deleted with the last
// KIngress, even if all are deleted at once, or while no controller runs.
func TestAllSharersGoAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aSharingWorld(t, listeners.MaxOwners+1)
		w.deletes(0, listeners.MaxOwners+1)
		w.drain()
		expect(t, "ListenerSets", 0, len(w.listenerSets()))
	})
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		left := &gatewayv1.ListenerSet{ObjectMeta: metav1.ObjectMeta{
			Namespace: "default", Name: "certificate-00000000.shared", UID: "left", ResourceVersion: "1", Labels: map[string]string{networking.IngressLabelKey: ""},
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "v1", Kind: "Namespace", Name: "default", UID: "namespace"}},
		}}
		left.Spec.ParentRef = gatewayv1.ParentGatewayReference{Namespace: new(gatewayv1.Namespace("gateways")), Name: "blue"}
		w := data.serves(newWorld(t, append(anInstallationWithTLS(t, data), runtime.Object(left), aKIngress("hello", 0))...))
		w.drain()
		expect(t, "ListenerSets", 0, len(w.listenerSets()))
	})
}

// TestSharersLeaveAtOnce: B-TLS-1, a ListenerSet that all its users leave at once, for another Secret, is
// deleted, although none of them was its only owner.
func TestSharersLeaveAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aSharingWorld(t, 3)
		for _, name := range namesOf(0, 3) {
			w.changeIngress(name, func(ing *v1alpha1.Ingress) { ing.Spec.TLS[0].SecretName = "renamed" })
		}
		w.drain()
		w.says("ResolvedRefs=True", "Programmed=True")
		w.drain()
		for _, set := range w.listenerSets() {
			for _, listener := range set.Spec.Listeners {
				if secret := listener.TLS.CertificateRefs[0].Name; secret != "renamed" || string(*listener.Hostname) != sharedDomain {
					t.Errorf("ListenerSet %s has %s with Secret %s", set.Name, *listener.Hostname, secret)
				}
			}
		}
		expect(t, "Owners", namesOf(0, 3), w.owners())
	})
}

// TestSharersOfAnotherClass: B-INS-9, a ListenerSet stays for KIngresses that have another class now
// while no other plugin serves them, even if no KIngress of this controller's class has hosts for it.
func TestSharersOfAnotherClass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aSharingWorld(t, 2)
		w.changesClass("s00", "other")
		w.drain()
		w.deletes(1, 2)
		w.drain()
		if hosts, _ := w.sets(); !slices.Contains(hosts, sharedDomain) {
			t.Errorf("Listeners %v", hosts)
		}
	})
}

// TestOperatorsListenerComes: B-TLS-1, if the operator adds a listener for all hosts, KIngresses that
// share one for their domain leave it for listeners of their own, once these work, and it is deleted with
// the last one that leaves.
func TestOperatorsListenerComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aSharingWorld(t, 2)
		w.changeGateway("blue", "operator", func(gateway *gatewayv1.Gateway) {
			gateway.Spec.Listeners = append(gateway.Spec.Listeners, gatewayv1.Listener{
				Name: "every", Port: 443, Protocol: gatewayv1.HTTPSProtocolType, AllowedRoutes: fromAll(),
			})
		})
		w.drain()
		hosts, _ := w.sets()
		expect(t, "Listeners before the new ones work", []string{sharedDomain, "s00.default.example.com", "s01.default.example.com"}, hosts)
		for name, route := range w.routes() {
			if sets := listenerSetsOf(route); len(sets) != 2 {
				t.Errorf("%s is attached to %v, want its own and the shared one", name, sets)
			}
		}
		w.says("ResolvedRefs=True", "Programmed=True")
		w.drain()
		hosts, _ = w.sets()
		expect(t, "Listeners when they do", []string{"s00.default.example.com", "s01.default.example.com"}, hosts)
		for name, route := range w.routes() {
			if sets := listenerSetsOf(route); len(sets) != 1 {
				t.Errorf("%s is attached to %v, want its own", name, sets)
			}
		}
	})
}

func listenerSetsOf(route *gatewayv1.HTTPRoute) []string {
	found := []string{}
	for _, parent := range route.Spec.ParentRefs {
		if dataplane.IsListenerSet(parent) {
			found = append(found, string(parent.Name))
		}
	}
	return found
}
