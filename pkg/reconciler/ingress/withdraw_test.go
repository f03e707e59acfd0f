// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	ktesting "k8s.io/client-go/testing"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// aBlockedWorld is a world in which hello is Ready without TLS to its backends, and in which another
// owner has the ConfigMap that this TLS takes: all further writes are refused.
func aBlockedWorld(t *testing.T, ing *v1alpha1.Ingress, besides ...runtime.Object) *world {
	t.Helper()
	data := newPlane(t)
	foreign := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "net-gateways-internal-tls"}, Data: map[string]string{"ca.crt": "mine"}}
	w := aWorldWithInternalTLS(t, data, append(append(anInstallationWithInternalTLS(data, anAuthority(t)), foreign, ing), besides...)...)
	w.until("hello is Ready", w.is("hello", "True"))
	return w
}

func (w *world) hostsOn(gateway string) []string {
	w.Helper()
	found := []string{}
	for _, route := range w.routes() {
		for _, parent := range route.Spec.ParentRefs {
			if string(parent.Name) == gateway {
				for _, host := range route.Spec.Hostnames {
					found = append(found, string(host))
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

// TestPrivateBehindRefusal: B-SEL-7, a host that becomes private leaves its public Gateway
// although nothing else can be written: it is withdrawn first, alone.
func TestPrivateBehindRefusal(t *testing.T) {
	private := func(rule v1alpha1.IngressRule) v1alpha1.IngressRule {
		rule.Visibility = v1alpha1.IngressVisibilityClusterLocal
		return rule
	}
	for name, c := range map[string]struct {
		before func(*v1alpha1.Ingress)
		rules  func([]v1alpha1.IngressRule) []v1alpha1.IngressRule
		public []string
	}{
		"its rule goes": {nil, func(rules []v1alpha1.IngressRule) []v1alpha1.IngressRule { return rules[:1] }, []string{}},
		"its rule changes": {nil, func(rules []v1alpha1.IngressRule) []v1alpha1.IngressRule {
			return []v1alpha1.IngressRule{rules[0], private(rules[1])}
		}, []string{}},
		"one of two hosts": {
			func(ing *v1alpha1.Ingress) { ing.Spec.Rules[1].Hosts = []string{publicHost, tagHost} },
			func(rules []v1alpha1.IngressRule) []v1alpha1.IngressRule { return rules }, []string{publicHost},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ing := aKIngress("hello", 0)
				if c.before != nil {
					c.before(ing)
				}
				w := aBlockedWorld(t, ing)
				next := aKIngressWithInternalTLS()
				next.Spec.Rules = c.rules(next.Spec.Rules)
				w.update(next)
				w.until("no private host is public", func() bool { return slices.Equal(w.hostsOn("blue"), c.public) })
				expect(t, "Hosts inside of the cluster", []string{"hello.default", "hello.default.svc", privateHost}, w.hostsOn("inner"))
				w.until("the refusal is said", w.is("hello", "False NotOwned"))
				w.writes()
				w.pass(time.Minute)
				expect(t, "Writes", []string{}, w.writes())
			})
		})
	}
}

// TestPrivateBehindFailure: B-SEL-7, a write that fails does not keep a host public.
func TestPrivateBehindFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.gateway.PrependReactor("patch", "httproutes", func(ktesting.Action) (bool, runtime.Object, error) {
			return true, nil, apierrors.NewInternalError(errors.New("failed calling webhook: connection refused"))
		})
		w.changeIngress("hello", func(ing *v1alpha1.Ingress) { ing.Spec.Rules[1].Visibility = v1alpha1.IngressVisibilityClusterLocal })
		w.until("no host is public", func() bool { return len(w.hostsOn("blue")) == 0 })
	})
}

// TestReservedBehindRefusal: B-SEL-3, routes leave a Gateway that is reserved for other namespaces now
// after the drain time, which begins when they could not leave at once.
func TestReservedBehindRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := aConfigGateway(map[string]string{
			"external-gateways": "- {class: envoy, gateway: gateways/green}\n- {class: envoy, gateway: gateways/blue, namespace-selector: zone=blue}",
			"local-gateways":    "- {class: envoy, gateway: gateways/inner}",
		})
		w := aBlockedWorld(t, aKIngress("hello", 0))
		w.update(aKIngressWithInternalTLS())
		w.until("the refusal is said", w.is("hello", "False NotOwned"))
		w.configuration.OnChange(file)
		w.pass(config.DefaultDrain - 15*time.Second)
		expect(t, "Hosts while it drains", []string{publicHost}, w.hostsOn("blue"))
		w.until("the Gateway is left", func() bool { return len(w.hostsOn("blue")) == 0 })
	})
}

// TestPartIsPreserved: B-INS-9, B-TRN-5, hosts of a route that cannot be rendered stay served as they are
// stored, and the other hosts get the wanted rules.
func TestPartIsPreserved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := slices.DeleteFunc(anInstallationWithInternalTLS(data, anAuthority(t)), func(object runtime.Object) bool {
			_, secret := object.(*corev1.Secret)
			return secret // no authority is known: the routes of hosts whose backends ask for TLS are preserved
		})
		ing := aKIngress("hello", 0)
		ing.Spec.Rules = ing.Spec.Rules[1:]
		ing.Spec.Rules[0].Hosts = []string{publicHost, tagHost}
		w := aWorldWithInternalTLS(t, data, append(objects, ing)...)
		w.until("hello is Ready", w.is("hello", "True"))
		before := w.routes()[tagHost]

		next, plain := aKIngressWithInternalTLS(), aKIngress("hello", 0)
		next.Spec.Rules = []v1alpha1.IngressRule{next.Spec.Rules[1], plain.Spec.Rules[1]}
		next.Spec.Rules[1].Hosts = []string{tagHost}
		w.update(next)
		w.until("hello says why it is not Ready", w.is("hello", "Unknown RefsNotResolved"))
		routes := w.routes()
		if len(routes) != 2 || !slices.Equal(routes[tagHost].Spec.Hostnames, []gatewayv1.Hostname{tagHost}) {
			t.Fatalf("HTTPRoutes %v", routes)
		}
		expect(t, "Hosts that are kept", []gatewayv1.Hostname{publicHost}, routes[publicHost].Spec.Hostnames)
		expect(t, "What is kept of it", before.Spec.Rules, routes[publicHost].Spec.Rules)
		w.writes()
		w.pass(time.Minute)
		expect(t, "Writes", []string{}, w.writes())

		last := aKIngress("hello", 0)
		last.Spec.Rules = last.Spec.Rules[1:]
		last.Spec.Rules[0].Hosts = []string{publicHost, tagHost}
		w.update(last)
		w.until("hello is Ready again", w.is("hello", "True"))
		expect(t, "HTTPRoutes", 1, len(w.routes()))
	})
}
