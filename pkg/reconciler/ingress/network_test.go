// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
)

// pods numbers the pods of data planes, so that no two in a test have one address.
var pods atomic.Uint32

// listener takes connections in memory: a goroutine that waits for one of them waits for
// nothing outside of its synctest bubble, so that the bubble's time can go on.
type listener struct {
	address *net.TCPAddr
	dialed  chan net.Conn
	closed  chan struct{}
	close   func()
}

func newListener(address *net.TCPAddr) *listener {
	closed := make(chan struct{})
	return &listener{address: address, dialed: make(chan net.Conn), closed: closed, close: sync.OnceFunc(func() { close(closed) })}
}

func (l *listener) Addr() net.Addr { return l.address }

func (l *listener) Close() error {
	l.close()
	return nil
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case accepted := <-l.dialed:
		return accepted, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.dialed <- conn{theirs, l.address}:
		return conn{ours, l.address}, nil
	case <-l.closed:
		return nil, refused(l.address)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// conn is one side of a connection to an address.
type conn struct {
	net.Conn
	address net.Addr
}

func (c conn) LocalAddr() net.Addr  { return c.address }
func (c conn) RemoteAddr() net.Addr { return c.address }

func refused(address net.Addr) error {
	return &net.OpError{Op: "dial", Net: "tcp", Addr: address, Err: syscall.ECONNREFUSED}
}

// dial connects to the pods of the data planes that the world knows.
func (w *world) dial(ctx context.Context, network, address string) (net.Conn, error) {
	parsed, err := net.ResolveTCPAddr(network, address)
	if err != nil {
		return nil, err
	}
	if found, ok := w.listeners.Load(parsed.String()); ok {
		return found.(*listener).dial(ctx)
	}
	return nil, refused(parsed)
}
