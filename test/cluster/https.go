// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
)

// secure is a client like client that speaks TLS to an address: it asks for the host by SNI,
// and takes only a certificate for it from one of the roots.
func (r Request) secure(address string) *http.Client {
	dialer := &net.Dialer{Timeout: dialFor}
	return &http.Client{
		Timeout:       client.Timeout,
		CheckRedirect: client.CheckRedirect,
		Transport: &http.Transport{
			DisableKeepAlives: true,
			ForceAttemptHTTP2: true,
			TLSClientConfig:   &tls.Config{RootCAs: r.Roots, MinVersion: tls.VersionTLS12},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, net.JoinHostPort(address, "443"))
			},
		},
	}
}

// Leaf is the certificate that an answer over TLS came with, or nil.
func (a Answer) Leaf() *x509.Certificate {
	if a.TLS == nil || len(a.TLS.PeerCertificates) == 0 {
		return nil
	}
	return a.TLS.PeerCertificates[0]
}
