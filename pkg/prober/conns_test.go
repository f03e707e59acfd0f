// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pires/go-proxyproto"
	"knative.dev/networking/pkg/http/header"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

var quiet = log.New(io.Discard, "", 0)

// behindProxy makes a plane want a PROXY header of one version, as the strictest of gateways would, and
// close the connection when it is another.
func behindProxy(version byte, start func(*plane)) func(*plane) {
	return func(p *plane) {
		family := proxyproto.TCPv4
		if p.Listener.Addr().(*net.TCPAddr).IP.To4() == nil {
			family = proxyproto.TCPv6
		}
		p.Listener = &proxyproto.Listener{
			Listener:          p.Listener,
			ReadHeaderTimeout: time.Second,
			ConnPolicy:        func(proxyproto.ConnPolicyOptions) (proxyproto.Policy, error) { return proxyproto.REQUIRE, nil },
			ValidateHeader: func(h *proxyproto.Header) error {
				if h.Version != version {
					return fmt.Errorf("version %d", h.Version)
				}
				if _, _, ok := h.TCPAddrs(); !ok || h.TransportProtocol != family {
					return fmt.Errorf("no TCP addresses, or %v instead of %v", h.TransportProtocol, family)
				}
				return nil
			},
		}
		start(p)
	}
}

// B-RDY-2, B-INS-3 (proxy-protocol-enabled): both versions, on IPv4 and IPv6, with and without TLS.
func TestSpeaksProxyProtocol(t *testing.T) {
	for _, version := range []byte{1, 2} {
		for name, start := range map[string]func(*plane){
			"http": behindProxy(version, plain), "https": behindProxy(version, secure),
			"http on IPv6": on6(behindProxy(version, plain)), "https on IPv6": on6(behindProxy(version, secure)),
		} {
			t.Run(fmt.Sprintf("v%d %s", version, name), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := newPlane(t, start)
					w := newWatch(t, Options{})
					target := p.target("a.example.com", "v1")
					target.ProxyProtocol = true
					// First a failure that is an answer: the version that brought it is kept.
					w.Check(alice, []probe.Target{target})
					w.until(t, "404", func() bool { return w.Known(alice).Results[0].Kind == probe.NotServed })
					p.serve("a.example.com", "v1")
					w.until(t, "proven", func() bool { return w.Known(alice).Proven() })
					if opened, _, requests := p.count(); opened > requests+1 {
						t.Errorf("%d connections for %d requests: the version was not kept", opened, requests)
					}
				})
			})
		}
	}
}

// A kept connection may belong to a listener that was replaced (Envoy drains it with its old filter chain), and so
// give the old version; or, here, the new version where new connections still get the old one.
func TestProofNeedsANewConnection(t *testing.T) { // B-RDY-1, B-RDY-2
	synctest.Test(t, func(t *testing.T) {
		var fresh, serving atomic.Bool
		seen := make(chan bool, 1000)
		p := newPlane(t, func(p *plane) {
			var used roster
			p.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, reused := used.number(r.RemoteAddr)
				if serving.Load() && (reused || fresh.Load()) {
					w.Header().Set(header.HashKey, "v1")
					seen <- reused
					return
				}
				w.WriteHeader(http.StatusNotFound)
			})
			p.Start()
		})
		w := newWatch(t, Options{})
		target := p.target("a.example.com", "v1")
		w.Check(alice, []probe.Target{target})
		w.until(t, "tries", func() bool { return w.tries(target) > 1 })
		serving.Store(true)
		for range 5 {
			w.Nudge(alice)
			if !<-seen {
				t.Fatal("a new connection was answered")
			}
			if w.Known(alice).Proven() {
				t.Fatal("proven over a kept connection")
			}
		}
		fresh.Store(true)
		w.until(t, "proven over a new connection", func() bool { return w.Known(alice).Proven() })
	})
}

// roster numbers connections by their remote addresses.
type roster struct {
	mu    sync.Mutex
	known []string
}

func (r *roster) number(remote string) (n int64, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := slices.Index(r.known, remote); i >= 0 {
		return int64(i) + 1, true
	}
	r.known = append(r.known, remote)
	return int64(len(r.known)), false
}

// A connection to a replaced listener that never says "Connection: close" does not hide the new routes for long.
func TestStaleConnectionsAgeOut(t *testing.T) { // B-RDY-1
	synctest.Test(t, func(t *testing.T) {
		var replaced atomic.Int64 // connections up to this number are the old listener's
		var numbers roster
		p := newPlane(t, func(p *plane) {
			p.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				number, _ := numbers.number(r.RemoteAddr)
				if n := replaced.Load(); n == 0 || number < n {
					w.WriteHeader(http.StatusNotFound)
					return
				}
				w.Header().Set(header.HashKey, "v1")
			})
			p.Start()
		})
		w := newWatch(t, Options{MaxBackoff: 30 * time.Millisecond})
		target := p.target("a.example.com", "v1")
		w.Check(alice, []probe.Target{target})
		w.until(t, "tries", func() bool { return w.tries(target) > 3 })
		number, _ := numbers.number("the next one")
		replaced.Store(number)
		began := time.Now()
		w.until(t, "proven", func() bool { return w.Known(alice).Proven() })
		if took := time.Since(began); took > maxAge+100*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

// Connections are used again while tries go on, and none is left when the last target of an address is proven or forgotten.
func TestConnectionsArePooledAndClosed(t *testing.T) {
	for name, end := range map[string]func(*watch, *plane){
		"proven":  func(_ *watch, p *plane) { p.serve("a.example.com", "v1") },
		"evicted": func(w *watch, _ *plane) { w.Evict(alice) },
		"dropped": func(w *watch, _ *plane) { w.Check(alice, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlane(t, plain)
				w := newWatch(t, Options{MaxBackoff: 25 * time.Millisecond})
				target := p.target("a.example.com", "v1")
				w.Check(alice, []probe.Target{target})
				w.until(t, "tries", func() bool { return w.tries(target) >= 20 })
				if opened, _, requests := p.count(); opened > requests/3 {
					t.Errorf("%d connections for %d requests", opened, requests)
				}
				end(w, p)
				after(100 * time.Millisecond)
				if _, open, _ := p.count(); open > 0 {
					t.Fatalf("%d connections left", open)
				}
				w.Prober.mu.Lock()
				defer w.Prober.mu.Unlock()
				if len(w.queues)+len(w.roundRobin)+w.running+w.mayHang != 0 {
					t.Errorf("left: %d queues, %d in the rotation, %d running, %d that may hang", len(w.queues), len(w.roundRobin), w.running, w.mayHang)
				}
			})
		})
	}
}

// A Gateway's address may be a host name.
func TestHostNameIsResolved(t *testing.T) {
	p := newPlane(t, onSockets(t, plain))
	p.serve("a.example.com", "v1")
	w := newWatch(t, Options{Attempt: testTimeout})
	target := p.target("a.example.com", "v1")
	_, port, _ := net.SplitHostPort(target.Address)
	target.Address = net.JoinHostPort("localhost", port)
	if got := w.first(t, target); got.State != probe.Proven {
		t.Errorf("got %+v", got)
	}
}
