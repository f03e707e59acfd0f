// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
	"github.com/net-gateways/net-gateways/test/gateways"
)

// B-TLS-1, B-TLS-5: two services with ten tags each, on one Gateway to which nothing is
// written: every host answers with its own certificate, and over HTTP/2.
func TestEachHostHasItsCertificate_BTLS5(t *testing.T) {
	t.Parallel()
	world.Need(t, gateways.HasListenerSets)
	space, authority := world.Space(t, nil), fixture.Authority(t)
	before := sharedGateway(t, "blue")
	hosts := []string{}
	for _, name := range []string{"hello", "other"} {
		space.Backend(t, name)
		ing := space.KIngress(name, nil)
		own := []string{space.ExternalHost(name)}
		for i := range 10 {
			own = append(own, space.ExternalHost(fmt.Sprintf("tag%d-%s", i, name)))
		}
		for i, host := range own {
			if i > 0 {
				ing.Spec.Rules = append(ing.Spec.Rules, space.Rule(v1alpha1.IngressVisibilityExternalIP, name, host))
			}
			space.Secret(t, authority, "cert-"+host, host)
			fixture.WithTLS(ing, "cert-"+host, host)
		}
		cluster.KIngresses.Create(t, world.Cluster, ing)
		hosts = append(hosts, own...)
	}
	for _, name := range []string{"hello", "other"} {
		space.AwaitReady(t, name, cluster.Minutes)
	}
	for _, host := range hosts {
		answer := cluster.AskFor(t.Context(), world.Blue, cluster.Request{Host: host, Roots: authority.Roots})
		if answer.Code != 200 { // and perhaps without a certificate
			t.Errorf("https://%s: %s", host, answer)
		} else if names := answer.Leaf().DNSNames; !slices.Equal(names, []string{host}) || answer.Proto != "HTTP/2.0" {
			t.Errorf("https://%s: %s with a certificate for %v over %s", host, answer, names, answer.Proto)
		}
	}
	if after := sharedGateway(t, "blue"); after.Generation != before.Generation {
		t.Errorf("Gateway blue was changed: generation %d, was %d", after.Generation, before.Generation)
	}
}

// B-TLS-2: HTTP is redirected by 301, but not challenges of certificate authorities; switching
// there and back loses no request, in plain text nor over TLS.
func TestRedirect_BTLS2(t *testing.T) {
	t.Parallel()
	space, authority := world.Space(t, nil), fixture.Authority(t)
	host := space.ExternalHost("hello")
	space.Secret(t, authority, "certificate", host)
	space.ServeTLS(t, "hello", "certificate")
	secure := startSecure(t, cluster.Request{Host: host, Roots: authority.Roots})
	plain := cluster.StartLoad(t, world.Blue, host, 10*time.Millisecond)
	for range 3 {
		setOption(t, space, "hello", v1alpha1.HTTPOptionRedirected)
		answer := cluster.AwaitAnswer(t, world.Blue, host, http.StatusMovedPermanently, cluster.Seconds)
		if got, want := answer.Header.Get("Location"), "https://"+host+"/"; got != want {
			t.Errorf("Location %s, want %s", got, want)
		}
		challenge := cluster.AskFor(t.Context(), world.Blue, cluster.Request{Host: host, Path: "/.well-known/acme-challenge/token"})
		if challenge.Code != 200 {
			t.Errorf("A challenge is answered %s", challenge)
		}
		setOption(t, space, "hello", v1alpha1.HTTPOptionEnabled)
		cluster.AwaitAnswer(t, world.Blue, host, 200, cluster.Seconds)
	}
	secure.StopAllAnswered(t, 200, 100)
	for code, count := range plain.Stop() {
		if code != http.StatusOK && code != http.StatusMovedPermanently {
			t.Errorf("%d plain requests were answered %d", count, code)
		}
	}
}

func sharedGateway(t *testing.T, name string) *gatewayv1.Gateway {
	t.Helper()
	return cluster.Gateways.Get(t, world.Cluster, world.Shared(name).Namespace, name)
}

// setOption sets httpOption and waits until that is Ready.
func setOption(t *testing.T, space *fixture.Space, name string, option v1alpha1.HTTPOption) {
	t.Helper()
	cluster.KIngresses.Update(t, world.Cluster, space.Name, name, func(ing *v1alpha1.Ingress) { ing.Spec.HTTPOption = option })
	space.AwaitReady(t, name, cluster.Seconds)
}

// B-TLS-1, B-RDY-10: gRPC needs HTTP/2, which clients are offered also where services share a wildcard
// certificate. The first of them stays Ready while its host goes over to the listener that they share,
// which goes with the last of them.
func TestSharedCertificateKeepsHTTP2_BTLS1(t *testing.T) {
	t.Parallel()
	space, authority := world.Space(t, nil), fixture.Authority(t)
	space.Secret(t, authority, "wildcard", "*."+space.Name+".example.com")
	names := []string{"hello", "other", "third"}
	space.ServeTLS(t, names[0], "wildcard")
	load, flips := startSecure(t, cluster.Request{Host: space.ExternalHost(names[0]), Roots: authority.Roots}), space.WatchFlips(t)
	for _, name := range names[1:] {
		space.ServeTLS(t, name, "wildcard")
	}
	for _, name := range names {
		cluster.AwaitRight(t, world.Blue, cluster.Request{Host: space.ExternalHost(name), Roots: authority.Roots, Wrong: notHTTP2}, cluster.Minutes)
	}
	for _, flip := range flips() {
		if strings.HasPrefix(flip, names[0]+":") { // the others were not Ready at first
			t.Errorf("KIngress %s", flip)
		}
	}
	cluster.KIngresses.Delete(t, world.Cluster, space.Name, names[1])
	load.StopAllAnswered(t, 200, 100)
	cluster.AwaitRight(t, world.Blue, cluster.Request{Host: space.ExternalHost(names[2]), Roots: authority.Roots, Wrong: notHTTP2}, cluster.Minutes)
	for _, name := range []string{names[0], names[2]} {
		cluster.KIngresses.Delete(t, world.Cluster, space.Name, name)
	}
	awaitNoListenerSets(t, space)
}

// B-TLS-1: when spec.tls goes, so do the listeners, after the drain time; the host answers in
// plain text throughout.
func TestListenersGoWithTLS_BTLS1(t *testing.T) {
	t.Parallel()
	space, authority := world.Space(t, nil), fixture.Authority(t)
	host := space.ExternalHost("hello")
	space.Secret(t, authority, "certificate", host)
	space.ServeTLS(t, "hello", "certificate")
	load := cluster.StartLoad(t, world.Blue, host, 10*time.Millisecond)
	cluster.KIngresses.Update(t, world.Cluster, space.Name, "hello", func(ing *v1alpha1.Ingress) { ing.Spec.TLS = nil })
	awaitNoListenerSets(t, space)
	space.AwaitReady(t, "hello", cluster.Seconds)
	load.StopAllAnswered(t, 200, 100)
	cluster.AwaitRefused(t, world.Blue, cluster.Request{Host: host, Roots: authority.Roots}, cluster.Minutes)
}

// B-TLS-4: cluster-local names have HTTPS on the local Gateway, and only there.
func TestClusterLocalHTTPS_BTLS4(t *testing.T) {
	t.Parallel()
	space, authority := world.Space(t, nil), fixture.Authority(t)
	space.Backend(t, "hello")
	ing := space.KIngress("hello", nil)
	hosts := ing.Spec.Rules[0].Hosts
	space.Secret(t, authority, "local", hosts...)
	cluster.KIngresses.Create(t, world.Cluster, fixture.WithTLS(ing, "local", hosts...))
	space.AwaitReady(t, "hello", cluster.Minutes)
	for _, host := range hosts {
		cluster.AwaitRight(t, world.Internal, cluster.Request{Host: host, Roots: authority.Roots, Wrong: notHTTP2}, cluster.Seconds)
		if answer := cluster.AskFor(t.Context(), world.Blue, cluster.Request{Host: host, Roots: authority.Roots}); answer.Err == nil {
			t.Errorf("https://%s answers %s on the external Gateway", host, answer)
		}
		cluster.Answers(t, world.Internal, host, 200)
	}
}

// startSecure is a load over TLS that begins once kube-proxy leads to the port: the first
// certificate of a Gateway opens it, and the data plane is asked behind kube-proxy.
func startSecure(t *testing.T, request cluster.Request) *cluster.Load {
	t.Helper()
	cluster.AwaitRight(t, world.Blue, request, cluster.Seconds)
	return cluster.StartRequests(t, world.Blue, 10*time.Millisecond, request)
}

func awaitNoListenerSets(t *testing.T, space *fixture.Space) {
	t.Helper()
	sets, err := cluster.ListenerSets.List(t.Context(), world.Cluster, space.Name, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		cluster.ListenerSets.Await(t, world.Cluster, space.Name, set.Name, cluster.Minutes, fixture.Gone[gatewayv1.ListenerSet])
	}
}

func notHTTP2(answer cluster.Answer) error {
	if answer.Proto != "HTTP/2.0" {
		return errors.New("over " + answer.Proto)
	}
	return nil
}
