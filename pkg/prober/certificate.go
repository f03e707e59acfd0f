// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// Certificate is the certificate that a target presents for its host, over a new connection; nil if there was no handshake.
// It is not verified.
func Certificate(ctx context.Context, opts Options, target probe.Target) *x509.Certificate {
	opts.complete()
	conns := newConns(ctx, target.Address, &opts)
	defer conns.close()
	ctx, cancel := context.WithTimeout(ctx, opts.Attempt)
	defer cancel()
	proxy := byte(0)
	if target.ProxyProtocol {
		proxy = 2
	}
	conn, err := conns.dialTLS(ctx, net.JoinHostPort(target.Host, "443"), proxy)
	if err != nil {
		return nil
	}
	defer conn.Close()
	secure, is := conn.(*tls.Conn)
	if !is || len(secure.ConnectionState().PeerCertificates) == 0 {
		return nil
	}
	return secure.ConnectionState().PeerCertificates[0]
}
