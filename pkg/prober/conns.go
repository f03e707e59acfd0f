// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pires/go-proxyproto"
)

// maxAge is how long a connection is used. It bounds how long a connection to a listener that has been replaced can hide
// the new routes. One second still serves twenty tries of a new target.
const maxAge = time.Second

// conns makes and keeps the connections to one address.
type conns struct {
	ctx     context.Context
	cancel  context.CancelFunc
	address string
	attempt time.Duration
	connect func(ctx context.Context, network, address string) (net.Conn, error)
	// sessions are resumed, which spares the peer's signature, for 300 TLS hosts the larger part of the cost. A resumed
	// session is still a new connection, for which the peer chooses the listener anew.
	sessions tls.ClientSessionCache

	mu      sync.Mutex
	pools   [3]*http.Transport // by version of the PROXY protocol
	created [3]time.Time
}

func newConns(ctx context.Context, address string, opts *Options) *conns {
	c := &conns{address: address, attempt: opts.Attempt, connect: opts.Dial, sessions: tls.NewLRUClientSessionCache(512)}
	c.ctx, c.cancel = context.WithCancel(ctx)
	return c
}

// pooled keeps connections for the next tries. An aged pool is replaced as a whole: a transport told to
// close its idle connections also closes those that come back to it later.
func (c *conns) pooled(proxy byte) *http.Transport {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if old := c.pools[proxy]; old == nil || now.Sub(c.created[proxy]) > maxAge {
		if old != nil {
			old.CloseIdleConnections()
		}
		c.pools[proxy], c.created[proxy] = c.transport(proxy), now
	}
	return c.pools[proxy]
}

// single makes a new connection for each request and closes it afterwards.
func (c *conns) single(proxy byte) *http.Transport {
	t := c.transport(proxy)
	t.DisableKeepAlives = true
	return t
}

// close ends dials under way and closes idle connections.
func (c *conns) close() {
	c.cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.pools {
		if t != nil {
			t.CloseIdleConnections()
		}
	}
}

// transport speaks HTTP/1.1 only: every gateway does, and without ALPN a listener that prefers HTTP/2 accepts it, too. It
// ignores the proxies of the environment.
func (c *conns) transport(proxy byte) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Protocols:              protocols,
		MaxIdleConns:           8 * perAddress,
		MaxIdleConnsPerHost:    perAddress,
		IdleConnTimeout:        maxAge,
		MaxResponseHeaderBytes: maxBody,
		DisableCompression:     true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return c.dial(ctx, proxy)
		},
		DialTLSContext: func(ctx context.Context, _, hostport string) (net.Conn, error) {
			ctx, cancel := c.bound(ctx, overdueAttempts)
			defer cancel()
			return c.dialTLS(ctx, hostport, proxy)
		},
	}
}

// bound ends a dial, with its handshake, after so many times the time of an attempt, or when the address is closed. http.Transport lets a
// dial go on when its request has been cancelled.
func (c *conns) bound(ctx context.Context, attempts time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, attempts*c.attempt)
	stop := context.AfterFunc(c.ctx, cancel)
	return ctx, func() { stop(); cancel() }
}

// connectedKey is the key of the context of a request for what is set when there is a connection for it.
type connectedKey struct{}

// withConnected is the context of a request, in which dial sets connected as soon as a TCP connection for it stands.
func withConnected(ctx context.Context, connected *atomic.Bool) context.Context {
	return context.WithValue(ctx, connectedKey{}, connected)
}

// dial connects to the address, whatever host the request is for.
func (c *conns) dial(ctx context.Context, proxy byte) (net.Conn, error) {
	bound, cancel := c.bound(ctx, 1)
	defer cancel()
	conn, err := c.connect(bound, "tcp", c.address)
	if err != nil {
		return nil, err
	}
	if connected, is := ctx.Value(connectedKey{}).(*atomic.Bool); is {
		connected.Store(true)
	}
	if proxy == 0 {
		return conn, nil
	}
	// The first bytes on a new connection always fit its send buffer, so this does not block.
	head := proxyproto.HeaderProxyFromAddrs(proxy, conn.LocalAddr(), conn.RemoteAddr())
	if _, err := head.WriteTo(conn); err != nil {
		conn.Close()
		return nil, fmt.Errorf("write the PROXY header: %w", err)
	}
	return conn, nil
}

func (c *conns) dialTLS(ctx context.Context, hostport string, proxy byte) (net.Conn, error) {
	conn, err := c.dial(ctx, proxy)
	if err != nil {
		return nil, err
	}
	name, _, err := net.SplitHostPort(hostport)
	if err != nil {
		conn.Close()
		return nil, err
	}
	// The certificate is not verified: it may be self-signed, staged, or issued by an authority that only clients know. A
	// probe proves that the listener for this SNI routes to the expected version, and sends nothing secret.
	secure := tls.Client(conn, &tls.Config{ServerName: name, InsecureSkipVerify: true, ClientSessionCache: c.sessions}) //nolint:gosec // see above
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, handshakeError{err}
	}
	return secure, nil
}
