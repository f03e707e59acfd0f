// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"fmt"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// blackHole is an address at which a dial hangs: its backlog is full and nobody accepts.
func blackHole(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
	for range 16 {
		c, err := net.DialTimeout("tcp", address, 50*time.Millisecond)
		if err != nil {
			return address
		}
		t.Cleanup(func() { c.Close() })
	}
	t.Fatal("a listener with a backlog of none still takes connections")
	return ""
}

// Real sockets: 300 targets at an address that swallows dials and 300 at one that accepts and is silent
// do not delay a healthy one. B-RDY-1
func TestBlackHolesOnRealSockets(t *testing.T) {
	var held []net.Conn
	t.Cleanup(func() {
		for _, c := range held {
			c.Close()
		}
	})
	silent := peer(t, func(c net.Conn) { held = append(held, c) }).Address
	hole := blackHole(t)
	p := newPlane(t, plain)
	p.serve("a.example.com", "v1")
	w := newWatch(t, Options{Attempt: 3 * time.Second})
	w.Check(bob, append(many(hole, 300), many(silent, 300)...))
	began := time.Now()
	if got := w.first(t, p.target("a.example.com", "v1")); got.State != probe.Proven {
		t.Errorf("got %+v", got)
	}
	if took := time.Since(began); took > 2*time.Second { // below one Attempt, with room for a busy machine
		t.Errorf("took %v", took)
	}
	w.until(t, "all of them known to be unreachable", func() bool { _, refused := w.Known(bob).RefusedSince(); return refused })
	texts := map[string]bool{}
	for _, r := range w.Known(bob).Results {
		texts[r.Address+" "+r.Err] = true
	}
	if len(texts) != 2 || !texts[hole+" no connection within 3s"] || !texts[silent+" no answer within 3s"] {
		t.Errorf("causes: %v", texts)
	}
}

// 1,000 targets at one real address, over http and https.
func TestThousandTargets(t *testing.T) { // B-OPS-1
	for name, start := range map[string]func(*plane){"http": plain, "https": secure} {
		t.Run(name, func(t *testing.T) {
			n := 1000
			if name == "https" {
				n = 200 // the handshakes of the race detector take their time
			}
			p := newPlane(t, start)
			var targets []probe.Target
			for i := range n {
				target := p.target(fmt.Sprintf("h%d", i), "v1")
				targets = append(targets, target)
			}
			w := newWatch(t, Options{})
			w.Check(alice, targets)
			w.until(t, "each asked once", func() bool { return w.Known(alice).Count(probe.Failed) == n })
			for _, target := range targets {
				p.serve(target.Host, "v1")
			}
			w.until(t, "all proven", func() bool { return w.Known(alice).Proven() })
			if _, _, requests := p.count(); requests > 100*n {
				t.Errorf("%d requests", requests)
			}
		})
	}
}
