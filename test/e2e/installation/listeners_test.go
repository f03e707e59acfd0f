// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/google/go-cmp/cmp"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

const (
	listening         = "listening"
	listenerFinalizer = "net-gateways.github.io/gateway-listeners"
)

// B-TLS-1, B-TLS-2, B-OPS-4: without ListenerSets a host of spec.tls is served by a listener on
// the operator's Gateway, whose own listeners serve and redirect the other hosts. What is
// not ours there stays as it is to the byte, and what is ours goes: with spec.tls after the
// drain time, and with the KIngress. The finalizer is there only while a listener is.
func TestListenersOnGateway_BTLS1_BOPS4(t *testing.T) {
	world.Restore(t)
	space, authority := world.Space(t, nil), fixture.Authority(t)
	address := operatorsGateway(t, space, authority)
	if err := write(map[string]string{"drain-time": "1s", local: internal(), external: blue() +
		"- class: e2e-public\n  gateway: e2e-gateways/" + listening + "\n  label-selector: gateway=" + listening + "\n"}); err != nil {
		t.Fatal(err)
	}
	health := watchHealth(t)
	restore := removeCRDs(t, []string{listenerSetCRD})
	before := cluster.Gateways.Get(t, world.Cluster, fixture.GatewayNamespace, listening)
	labels := map[string]string{"gateway": listening}

	plain := space.KIngress("plain", labels)
	plain.Spec.HTTPOption = v1alpha1.HTTPOptionRedirected
	space.Backend(t, "plain")
	cluster.KIngresses.Create(t, world.Cluster, plain)
	space.AwaitReady(t, "plain", cluster.Minutes)
	cluster.AwaitAnswer(t, address, space.ExternalHost("plain"), http.StatusMovedPermanently, cluster.Seconds)
	has(t, authority, address, space.ExternalHost("plain"), "*."+space.Name+".example.com")
	untouched(t, before)

	host := space.ExternalHost("hello")
	space.Secret(t, authority, "certificate", host)
	space.Backend(t, "hello")
	hello := fixture.WithTLS(space.KIngress("hello", labels), "certificate", host)
	cluster.KIngresses.Create(t, world.Cluster, hello)
	space.AwaitReady(t, "hello", cluster.Minutes)
	has(t, authority, address, host, host)
	has(t, authority, address, space.ExternalHost("plain"), "*."+space.Name+".example.com")
	if after := untouched(t, before); len(after.Spec.Listeners) != len(before.Spec.Listeners)+1 {
		t.Errorf("%d listeners", len(after.Spec.Listeners))
	}
	for name, held := range map[string]bool{"plain": false, "hello": true} {
		if ing := cluster.KIngresses.Get(t, world.Cluster, space.Name, name); slices.Contains(ing.Finalizers, listenerFinalizer) != held {
			t.Errorf("%s has finalizers %v", name, ing.Finalizers)
		}
	}

	cluster.KIngresses.Update(t, world.Cluster, space.Name, "hello", func(ing *v1alpha1.Ingress) { ing.Spec.TLS = nil })
	cluster.KIngresses.Await(t, world.Cluster, space.Name, "hello", cluster.Minutes, func(ing *v1alpha1.Ingress) error {
		return wants(len(ing.Finalizers) == 0, "it has a finalizer")
	})
	restored(t, space, before)
	cluster.KIngresses.Update(t, world.Cluster, space.Name, "hello", func(ing *v1alpha1.Ingress) { ing.Spec.TLS = hello.Spec.TLS })
	space.AwaitReady(t, "hello", cluster.Minutes)
	has(t, authority, address, host, host)
	cluster.KIngresses.Delete(t, world.Cluster, space.Name, "hello")
	cluster.KIngresses.Await(t, world.Cluster, space.Name, "hello", cluster.Seconds, fixture.Gone[v1alpha1.Ingress])
	restored(t, space, before)
	restore()
	healthy(t, health())
}

// operatorsGateway has a listener with a wildcard certificate of the operator's own.
func operatorsGateway(t *testing.T, space *fixture.Space, authority *cluster.Authority) (address string) {
	t.Helper()
	domain := "*." + space.Name + ".example.com"
	secret, err := authority.Secret(fixture.GatewayNamespace, "wildcard", domain)
	if err != nil {
		t.Fatal(err)
	}
	cluster.Secrets.Create(t, world.Cluster, secret)
	gateway := fixture.Gateway(listening, "e2e-public", gatewayv1.NamespacesFromAll)
	gateway.Spec.Listeners = append(gateway.Spec.Listeners, gatewayv1.Listener{
		Name: "wildcard", Hostname: new(gatewayv1.Hostname(domain)), Port: 443, Protocol: gatewayv1.HTTPSProtocolType,
		TLS:           &gatewayv1.ListenerTLSConfig{CertificateRefs: []gatewayv1.SecretObjectReference{{Name: "wildcard"}}},
		AllowedRoutes: gateway.Spec.Listeners[0].AllowedRoutes,
	})
	world.CreateGateway(t, gateway)
	return cluster.Gateways.Await(t, world.Cluster, fixture.GatewayNamespace, listening, cluster.Minutes, fixture.Programmed).Status.Addresses[0].Value
}

// has fails unless a host answers with the certificate for a name.
func has(t *testing.T, authority *cluster.Authority, address, host, name string) {
	t.Helper()
	answer := cluster.AskFor(t.Context(), address, cluster.Request{Host: host, Roots: authority.Roots})
	if answer.Code != http.StatusOK || !slices.Equal(answer.Leaf().DNSNames, []string{name}) {
		t.Errorf("https://%s: %s with the certificate %v, want that for %s", host, answer, answer.Leaf(), name)
	}
}

// untouched fails if something on the Gateway that is not ours has changed.
func untouched(t *testing.T, before *gatewayv1.Gateway) *gatewayv1.Gateway {
	t.Helper()
	after := cluster.Gateways.Get(t, world.Cluster, before.Namespace, before.Name)
	theirs := func(gateway *gatewayv1.Gateway) (gatewayv1.GatewaySpec, []metav1.ManagedFieldsEntry) {
		spec, entries := gateway.DeepCopy().Spec, []metav1.ManagedFieldsEntry{}
		spec.Listeners = slices.DeleteFunc(spec.Listeners, func(l gatewayv1.Listener) bool { return strings.HasSuffix(string(l.Name), ".net-gateways") })
		for _, entry := range gateway.ManagedFields {
			if entry.Subresource == "" && !strings.HasPrefix(entry.Manager, "net-gateways-") {
				entries = append(entries, entry)
			}
		}
		return spec, entries
	}
	specBefore, fieldsBefore := theirs(before)
	specAfter, fieldsAfter := theirs(after)
	if diff := cmp.Diff(specBefore, specAfter) + cmp.Diff(fieldsBefore, fieldsAfter) + cmp.Diff(before.Labels, after.Labels) + cmp.Diff(before.Annotations, after.Annotations); diff != "" {
		t.Errorf("The Gateway was changed (-before, +after):\n%s", diff)
	}
	return after
}

// restored fails if anything of ours is left on the Gateway or granted to it.
func restored(t *testing.T, space *fixture.Space, before *gatewayv1.Gateway) {
	t.Helper()
	after := untouched(t, before)
	if diff := cmp.Diff(before.Spec, after.Spec); diff != "" {
		t.Errorf("Left on the Gateway (-before, +after):\n%s", diff)
	}
	for _, entry := range after.ManagedFields {
		if strings.HasPrefix(entry.Manager, "net-gateways-") {
			t.Errorf("%s still owns fields", entry.Manager)
		}
	}
	grants, err := cluster.ReferenceGrants.List(t.Context(), world.Cluster, space.Name, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, grant := range grants {
		cluster.ReferenceGrants.Await(t, world.Cluster, space.Name, grant.Name, cluster.Minutes, fixture.Gone[gatewayv1beta1.ReferenceGrant])
	}
}
