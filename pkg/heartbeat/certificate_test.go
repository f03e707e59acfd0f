// SPDX-License-Identifier: Apache-2.0

package heartbeat

import (
	"context"
	"crypto/x509"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/record"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/metrics"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// leaf is a certificate for a.example.com with 90 days, of which so many are left.
func leaf(left time.Duration) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{DNSNames: []string{"a.example.com"}, NotBefore: now.Add(left - 90*24*time.Hour), NotAfter: now.Add(left)}
}

// B-OPS-6: a certificate is a problem when clients refuse it, or when its renewal is late.
func TestJudgeCertificate(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		left time.Duration
		host string
		want metrics.CertificateProblem
	}{
		"new":                   {80 * day, "a.example.com", ""},
		"about to be renewed":   {29 * day, "a.example.com", ""},
		"its renewal is late":   {8 * day, "a.example.com", metrics.CertificateEnding},
		"expired":               {-time.Minute, "a.example.com", metrics.CertificateExpired},
		"of another host":       {80 * day, "b.example.com", metrics.CertificateWrongName},
		"expired and of others": {-day, "b.example.com", metrics.CertificateExpired},
	} {
		if got, detail := judgeCertificate(leaf(c.left), c.host, time.Now()); got != c.want || (got == "") != (detail == "") {
			t.Errorf("%s: %q, %q", name, got, detail)
		}
	}
}

// tlsIngress is a KIngress with TLS for these hosts, proven at gateways/blue.
func tlsIngress(name string, hosts ...string) *v1alpha1.Ingress {
	ing := &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}}
	ing.Spec.Rules = []v1alpha1.IngressRule{{Hosts: hosts, Visibility: v1alpha1.IngressVisibilityExternalIP}}
	ing.Spec.TLS = []v1alpha1.IngressTLS{{Hosts: hosts, SecretName: "secret"}}
	ing.Status.Annotations = map[string]string{status.ProvenAnnotation: `{"ExternalIP":{"generation":1,"version":"v","gateway":"gateways/blue"}}`}
	return ing
}

// B-OPS-6: a certificate with a problem is an Event of its KIngress, once, and is counted until it is renewed; each of many hosts is asked
// for within ten minutes.
func TestCertificates(t *testing.T) {
	gateway := &gatewayv1.Gateway{Spec: gatewayv1.GatewaySpec{Listeners: []gatewayv1.Listener{{Name: "https", Port: 443, Protocol: gatewayv1.HTTPSProtocolType}}}}
	gateway.Status.Addresses = []gatewayv1.GatewayStatusAddress{{Value: "192.0.2.1"}}
	at := metrics.Entry{Gateway: types.NamespacedName{Namespace: "gateways", Name: "blue"}, Visibility: v1alpha1.IngressVisibilityExternalIP}
	planes := []plane{{entry: config.Entry{Gateway: at.Gateway, Visibility: at.Visibility}, gateway: gateway, service: (*corev1.Service)(nil)}}
	events, asked, presented := record.NewFakeRecorder(1000), map[string]int{}, leaf(-time.Hour)
	c := newCertificates(events)
	lock := sync.Mutex{}
	c.ask = func(_ context.Context, target probe.Target) *x509.Certificate {
		lock.Lock()
		defer lock.Unlock()
		if target.Address != "192.0.2.1:443" {
			t.Errorf("asked at %s", target.Address)
		}
		asked[target.Host]++
		return presented
	}
	all := []*v1alpha1.Ingress{tlsIngress("a", "a.example.com")}
	for range 3 {
		if counts := c.beat(t.Context(), all, planes); counts[at][metrics.CertificateExpired] != 1 {
			t.Errorf("%v", counts)
		}
	}
	if len(events.Events) != 1 {
		t.Fatalf("%d Events", len(events.Events))
	}
	if said := <-events.Events; !strings.HasPrefix(said, "Warning CertificateProblem Gateway gateways/blue presents a certificate for a.example.com") {
		t.Error(said)
	}
	presented = leaf(80 * 24 * time.Hour)
	if counts := c.beat(t.Context(), all, planes); counts[at][metrics.CertificateExpired] != 0 || counts[at][""] != 1 {
		t.Errorf("After its renewal: %v", counts)
	}
	clear(asked)
	hosts := []string{}
	for i := range 300 {
		hosts = append(hosts, fmt.Sprintf("host-%d.example.com", i))
	}
	all = []*v1alpha1.Ingress{tlsIngress("many", hosts...), tlsIngress("elsewhere", "c.example.com")}
	all[1].Status.Annotations = nil
	for range allAsked {
		before := len(asked)
		c.beat(t.Context(), all, planes)
		if len(asked)-before > 15 {
			t.Errorf("%d in one beat", len(asked)-before)
		}
	}
	if len(asked) != 300 || asked["c.example.com"] > 0 {
		t.Errorf("%d hosts were asked for", len(asked))
	}
	if counts := c.beat(t.Context(), nil, planes); len(counts) != 0 || len(c.known) != 0 {
		t.Errorf("Of hosts that are gone: %v, %d", counts, len(c.known))
	}
}
