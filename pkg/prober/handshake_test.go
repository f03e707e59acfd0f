// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"crypto/tls"
	"testing"
	"testing/synctest"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// B-RDY-2: https is asked with the host as SNI, and the certificate does not matter.
func TestProbesFollowSNI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, family := range []func(*plane){secure, on6(secure)} {
			var names []string
			p := newPlane(t, func(p *plane) {
				p.TLS = &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
					p.mu.Lock()
					defer p.mu.Unlock()
					names = append(names, hello.ServerName)
					return nil, nil
				}}
				family(p)
			})
			p.serve("a.example.com", "v1")
			w := newWatch(t, Options{})
			if got := w.first(t, p.target("a.example.com", "v1")); got.State != probe.Proven {
				t.Errorf("got %+v", got)
			}
			if len(names) == 0 || names[0] != "a.example.com" {
				t.Errorf("SNI %q", names)
			}
		}
	})
}

// B-RDY-1: a listener that wants a client certificate refuses the handshake, also where TLS 1.3 tells it late.
func TestClientCertificateWantedIsAHandshakeFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			p := newPlane(t, func(p *plane) {
				p.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: version, MaxVersion: version}
				p.StartTLS()
			})
			w := newWatch(t, Options{})
			if got := w.first(t, p.target("a.example.com", "v1")); got.Kind != probe.Handshake {
				t.Errorf("TLS %x: got %+v", version, got)
			}
		}
	})
}
