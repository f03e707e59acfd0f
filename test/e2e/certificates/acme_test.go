// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package certificates

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// B-TLS-2, B-TLS-3: a Knative Service gets its certificate from nothing by HTTP-01 through our
// route, also though all requests are to be redirected to HTTPS, and then they are.
func TestCertificateFromNothing_BTLS3(t *testing.T) {
	setConfig(t, "config-network", map[string]string{"external-domain-tls": "Enabled", "http-protocol": "Redirected"})
	space, roots := world.Space(t, nil), pebbleRoots(t)
	host := space.ExternalHost("hello")
	begin := time.Now()
	space.KService(t, fixture.Service{Name: "hello"})
	awaitHTTPS(t, space, "hello")
	t.Logf("https after %s", time.Since(begin).Round(time.Second))
	cluster.AwaitRight(t, world.Blue, cluster.Request{Host: host, Roots: roots}, cluster.Seconds)
	answer := cluster.AwaitAnswer(t, world.Blue, host, http.StatusMovedPermanently, cluster.Seconds)
	if got, want := answer.Header.Get("Location"), "https://"+host+"/"; got != want {
		t.Errorf("Location %s, want %s", got, want)
	}
}

// B-TLS-3: certificates of 90 seconds are renewed by Knative and cert-manager while the old one
// is served: over TLS no request is lost.
func TestRenewal_BTLS3(t *testing.T) {
	setConfig(t, "config-certmanager", map[string]string{"issuerRef": "kind: ClusterIssuer\nname: acme-seconds\n"})
	setConfig(t, "config-network", map[string]string{"external-domain-tls": "Enabled"})
	world.Restore(t)
	// The shipped drain time: Serving takes spec.tls away for as long as it renews.
	if err := setDrainTime("60s"); err != nil {
		t.Fatal(err)
	}
	space, roots := world.Space(t, nil), pebbleRoots(t)
	space.KService(t, fixture.Service{Name: "hello"})
	awaitHTTPS(t, space, "hello")
	request := cluster.Request{Host: space.ExternalHost("hello"), Roots: roots}
	first := cluster.AwaitRight(t, world.Blue, request, cluster.Seconds).Leaf()
	load := cluster.StartRequests(t, world.Blue, 20*time.Millisecond, request)
	renewed := request
	renewed.Wrong = func(answer cluster.Answer) error {
		if answer.Leaf().Equal(first) {
			return fmt.Errorf("still the certificate %s of %s", first.SerialNumber, first.NotBefore)
		}
		return nil
	}
	cluster.AwaitRight(t, world.Blue, renewed, cluster.Minutes)
	awaitHTTPS(t, space, "hello")
	load.StopAllAnswered(t, 200, 100)
}

// B-TLS-4: the names of a Service within the cluster have HTTPS on the local Gateway, with
// certificates of the cluster's own authority.
func TestClusterLocalDomainTLS_BTLS4(t *testing.T) {
	setConfig(t, "config-network", map[string]string{"cluster-local-domain-tls": "Enabled"})
	space, roots := world.Space(t, nil), localRoots(t)
	space.KService(t, fixture.Service{Name: "hello"})
	host := space.LocalHost("hello")
	cluster.AwaitRight(t, world.Internal, cluster.Request{Host: host, Roots: roots}, cluster.Minutes)
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
	cluster.AwaitRight(t, world.Internal, cluster.Request{Host: host, Roots: roots}, cluster.Seconds)
}
