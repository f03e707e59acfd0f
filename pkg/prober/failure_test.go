// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// silentPeer takes connections, and what is sent, and does not answer.
func silentPeer(t *testing.T) probe.Target {
	t.Helper()
	l, done := listen4(), sync.WaitGroup{}
	done.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			done.Go(func() { _, _ = io.Copy(io.Discard, c) })
		}
	})
	t.Cleanup(func() { l.Close(); done.Wait() })
	return probe.Target{Address: l.Addr().String(), Scheme: "http", Host: "a.example.com", Hash: "v1"}
}

// peer accepts connections on a real socket and treats each with do.
func peer(t *testing.T, do func(net.Conn)) probe.Target {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			do(c)
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return probe.Target{Address: l.Addr().String(), Scheme: "http", Host: "a.example.com", Hash: "v1"}
}

func reply(text string) func(net.Conn) {
	return func(c net.Conn) {
		_, _ = bufio.NewReader(c).ReadString('\n')
		_, _ = io.WriteString(c, text)
		c.Close()
	}
}

// B-RDY-6: whatever goes wrong has a kind and a text of its own, the same at every try.
func TestFailuresHaveStableTexts(t *testing.T) {
	refused := peer(t, func(c net.Conn) { c.Close() })
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	refused.Address = l.Addr().String()
	l.Close()
	https := func(target probe.Target) probe.Target { target.Scheme = "https"; return target }
	for _, c := range []struct {
		name   string
		target probe.Target
		kind   probe.Kind
		err    string
	}{
		{"refused", refused, probe.Unreachable, "connection refused"},
		{"closed", peer(t, reply("")), probe.Unreachable, "connection closed without an answer"},
		{"reset", peer(t, func(c net.Conn) {
			_ = c.(*net.TCPConn).SetLinger(0)
			_, _ = c.Read(make([]byte, 1))
			c.Close()
		}), probe.Unreachable, "connection reset by peer"},
		{"not HTTP", peer(t, reply("SSH-2.0-OpenSSH_9.6\r\n")), probe.BadStatus, notHTTP},
		{"not TLS", https(peer(t, reply("HTTP/1.1 400 Bad Request\r\n\r\n"))), probe.Handshake, "TLS handshake: the answer is not TLS"},
		{"closed in the handshake", https(peer(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 4096)); c.Close() })), probe.Handshake, "TLS handshake: connection closed without an answer"},
		{"no such name", probe.Target{Address: nowhere, Scheme: "http", Host: "a", Hash: "v1"}, probe.Unreachable, "no such host"},
		{"no port", probe.Target{Address: "127.0.0.1", Scheme: "http", Host: "a", Hash: "v1"}, probe.Unreachable, "missing port in address"},
		{"no host", probe.Target{Address: refused.Address, Scheme: "https", Host: "a b", Hash: "v1"}, probe.BadStatus, "no valid host or address"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWatch(t, Options{Attempt: testTimeout})
			w.failsAlike(t, c.target, c.kind, c.err)
		})
	}
}

// B-RDY-6: so does silence.
func TestSilenceHasAStableText(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				target := silentPeer(t)
				target.Scheme = scheme
				w := newWatch(t, Options{Attempt: 150 * time.Millisecond})
				w.failsAlike(t, target, probe.Unreachable, "no answer within 150ms")
			})
		})
	}
}

// failsAlike fails the test unless two tries fail in the same way, with this kind and text.
func (w *watch) failsAlike(t *testing.T, target probe.Target, kind probe.Kind, text string) {
	t.Helper()
	got := w.first(t, target)
	if got.State != probe.Failed || got.Kind != kind || got.Code != 0 || got.Err != text {
		t.Errorf("got %s %s %q, want %s %q", got.State, got.Kind, got.Err, kind, text)
	}
	w.until(t, "a second try", func() bool { return w.tries(target) >= 2 })
	again := w.Known(alice).Results[0]
	if again.Asked = got.Asked; again != got {
		t.Errorf("second try: %+v, first: %+v", again, got)
	}
	if strings.Contains(got.Err, "127.0.0.1") {
		t.Errorf("text with an address: %q", got.Err)
	}
}
