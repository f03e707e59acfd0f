// SPDX-License-Identifier: Apache-2.0

package fakenet

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
)

// Listener is a net.Listener. Until its server accepts, dials hang.
type Listener struct {
	address *net.TCPAddr
	dialed  chan net.Conn
	closed  chan struct{}
	close   func()
	clients atomic.Uint32
}

// Listen returns a Listener at an address, which only its Network knows.
func Listen(address *net.TCPAddr) *Listener {
	closed := make(chan struct{})
	return &Listener{address: address, dialed: make(chan net.Conn), closed: closed, close: sync.OnceFunc(func() { close(closed) })}
}

func (l *Listener) Addr() net.Addr { return l.address }

func (l *Listener) Close() error {
	l.close()
	return nil
}

func (l *Listener) Accept() (net.Conn, error) {
	select {
	case accepted := <-l.dialed:
		return accepted, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Dial connects to it, each time from another port.
func (l *Listener) Dial(ctx context.Context) (net.Conn, error) {
	client := &net.TCPAddr{IP: l.address.IP, Port: 32768 + int(l.clients.Add(1)%28232)}
	ours, theirs := net.Pipe()
	select {
	case l.dialed <- &conn{Conn: theirs, local: l.address, remote: client}:
		return &conn{Conn: ours, local: client, remote: l.address}, nil
	case <-l.closed:
		return nil, refused(l.address)
	case <-ctx.Done():
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: l.address, Err: ctx.Err()}
	}
}

func refused(address net.Addr) error {
	return &net.OpError{Op: "dial", Net: "tcp", Addr: address, Err: syscall.ECONNREFUSED}
}

// conn is one side of a connection.
type conn struct {
	net.Conn
	local, remote net.Addr
	closed, late  atomic.Bool
}

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.remote }

func (c *conn) Close() error {
	c.closed.Store(true)
	return c.Conn.Close()
}

// Write does as TCP does after the other side has closed: it takes what is sent until that side
// has reset the connection, and then breaks.
func (c *conn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if !errors.Is(err, io.ErrClosedPipe) || c.closed.Load() {
		return n, err
	}
	if !c.late.Swap(true) {
		return len(b), nil
	}
	return n, &net.OpError{Op: "write", Net: "tcp", Source: c.local, Addr: c.remote, Err: syscall.EPIPE}
}

// Network is where Listeners are found by their address.
type Network struct{ listeners sync.Map }

// Add makes listeners known by their addresses.
func (n *Network) Add(listeners ...*Listener) {
	for _, l := range listeners {
		n.AddAt(l.address.String(), l)
	}
}

// AddAt makes a listener known by another address, too.
func (n *Network) AddAt(address string, l *Listener) { n.listeners.Store(address, l) }

// Remove closes an address.
func (n *Network) Remove(address string) { n.listeners.Delete(address) }

// Find returns the Listener at an address, nil if there is none.
func (n *Network) Find(address string) *Listener {
	found, _ := n.listeners.Load(address)
	l, _ := found.(*Listener)
	return l
}

// Dial is that of a net.Dialer, for addresses without host names.
func (n *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if l := n.Find(address); l != nil {
		return l.Dial(ctx)
	}
	parsed, err := net.ResolveTCPAddr(network, address)
	if err != nil {
		return nil, err
	}
	return nil, refused(parsed)
}
