// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/http/header"

	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/prober/fakenet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testTimeout is how long a test waits for what must happen; it is only spent when it does not,
// and in a bubble it is no time at all.
const testTimeout = 5 * time.Minute

var (
	gw    = types.NamespacedName{Namespace: "gateways", Name: "external"}
	alice = Owner{UID: "1", Name: types.NamespacedName{Namespace: "default", Name: "alice"}}
	bob   = Owner{UID: "2", Name: types.NamespacedName{Namespace: "default", Name: "bob"}}
)

// plane is a data plane: for each host the version that its route gives to a Knative probe handler behind it.
type plane struct {
	*httptest.Server
	mu       sync.Mutex
	versions map[string]string
	conns    map[net.Conn]http.ConnState
	opened   int
	requests int
}

var (
	// network has the planes in memory; they have an address each.
	network   fakenet.Network
	addresses atomic.Uint32
)

func listen4() *fakenet.Listener {
	number := addresses.Add(1)
	return listen(net.IPv4(10, 1, byte(number>>8), byte(number)))
}

func listen6() *fakenet.Listener {
	number := addresses.Add(1)
	return listen(net.IP{0: 0xfd, 14: byte(number >> 8), 15: byte(number)})
}

func listen(ip net.IP) *fakenet.Listener {
	l := fakenet.Listen(&net.TCPAddr{IP: ip, Port: 80})
	network.Add(l)
	return l
}

// dial reaches the planes in memory, and everything else by real sockets, but does not ask the
// machine's resolver for a name that does not exist.
func dial(ctx context.Context, kind, address string) (net.Conn, error) {
	if address == nowhere {
		return nil, &net.OpError{Op: "dial", Net: kind, Err: &net.DNSError{Err: "no such host", Name: address, IsNotFound: true}}
	}
	if l := network.Find(address); l != nil {
		return l.Dial(ctx)
	}
	return (&net.Dialer{}).DialContext(ctx, kind, address)
}

const nowhere = "nowhere.invalid:80"

func newPlane(t testing.TB, start func(*plane)) *plane {
	t.Helper()
	p := &plane{versions: map[string]string{}, conns: map[net.Conn]http.ConnState{}}
	p.Server = &httptest.Server{Listener: listen4(), Config: &http.Server{Handler: p, ConnState: p.track, ErrorLog: quiet}}
	start(p)
	t.Cleanup(p.Close)
	return p
}

func plain(p *plane)  { p.Start() }
func secure(p *plane) { p.StartTLS() }

// handled answers with a handler of its own.
func handled(handler http.HandlerFunc) func(*plane) {
	return func(p *plane) {
		p.Config.Handler = handler
		p.Start()
	}
}

// on6 has an IPv6 address, then starts.
func on6(start func(*plane)) func(*plane) {
	return func(p *plane) {
		p.Listener = listen6()
		start(p)
	}
}

// onSockets listens on the loopback interface, then starts.
func onSockets(t testing.TB, start func(*plane)) func(*plane) {
	return func(p *plane) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		p.Listener = l
		start(p)
	}
}

func (p *plane) track(c net.Conn, s http.ConnState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch s {
	case http.StateNew:
		p.opened++
		p.conns[c] = s
	case http.StateClosed, http.StateHijacked:
		delete(p.conns, c)
	}
}

func (p *plane) serve(host, version string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.versions[host] = version
}

func (p *plane) count() (opened, open, requests int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.opened, len(p.conns), p.requests
}

func (p *plane) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	version, ok := p.versions[r.Host]
	p.requests++
	p.mu.Unlock()
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if r.Header.Get(header.ProbeKey) == header.ProbeValue && r.Header.Get(header.HashKey) == header.HashValueOverride {
		w.Header().Set(header.HashKey, version)
	}
}

func (p *plane) target(host, hash string) probe.Target {
	scheme := "http"
	if p.TLS != nil {
		scheme = "https"
	}
	return probe.Target{Gateway: gw, Route: host, Address: p.Listener.Addr().String(), Scheme: scheme, Host: host, Hash: hash}
}

// watch is a Prober whose every try and every notice can be waited for.
type watch struct {
	*Prober
	moved chan struct{}
	mu    sync.Mutex
	heard map[Owner]int
	tried map[probe.Target]int
}

func newWatch(t testing.TB, opts Options) *watch { return watchAsking(t, opts, ask) }

func watchAsking(t testing.TB, opts Options, ask askFunc) *watch {
	t.Helper()
	w := &watch{moved: make(chan struct{}, 1), heard: map[Owner]int{}, tried: map[probe.Target]int{}}
	opts.Dial = dial
	opts.Observe = func(r probe.Result) { w.mark(func() { w.tried[r.Target]++ }) }
	ctx, cancel := context.WithCancel(context.Background())
	w.Prober = newProber(ctx, opts, func(o Owner) { w.mark(func() { w.heard[o]++ }) }, ask)
	t.Cleanup(func() {
		cancel()
		w.Wait()
	})
	return w
}

func (w *watch) mark(f func()) {
	w.mu.Lock()
	f()
	w.mu.Unlock()
	select {
	case w.moved <- struct{}{}:
	default:
	}
}

func (w *watch) notices(o Owner) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.heard[o]
}

func (w *watch) tries(target probe.Target) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tried[target]
}

// count is how many of an owner's targets are in the state.
func (w *watch) count(owner Owner, state probe.State) (n int) {
	for _, result := range w.Known(owner).Results {
		if result.State == state {
			n++
		}
	}
	return n
}

// until waits for what a try or a notice brings about.
func (w *watch) until(t testing.TB, what string, cond func() bool) {
	t.Helper()
	deadline := time.After(testTimeout)
	for !cond() {
		select {
		case <-w.moved:
		case <-deadline:
			t.Fatalf("not within %v: %s", testTimeout, what)
		}
	}
}

// first checks one target and returns its first settled result.
func (w *watch) first(t testing.TB, target probe.Target) probe.Result {
	t.Helper()
	w.Check(alice, []probe.Target{target})
	w.until(t, "an outcome", func() bool { return w.Known(alice).Results[0].State != probe.Pending })
	return w.Known(alice).Results[0]
}
