// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"knative.dev/networking/pkg/http/header"
	knative "knative.dev/networking/pkg/http/probe"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// B-RDY-2: only the expected hash is success; everything else is a failure with its code.
func TestOnlyTheExpectedHashIsSuccess(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers probe.Answerer
		code    int
		hash    string
		want    probe.Kind // empty: proven
	}{
		{"backend echoes", probe.Backend, 200, "v1", ""},
		{"backend by default", "", 200, "v1", ""},
		{"old version", probe.Backend, 200, "v0", probe.WrongHash},
		{"no version", probe.Backend, 200, "", probe.WrongHash},
		{"hash, but not 200", probe.Backend, 204, "v1", probe.BadStatus},
		{"unauthorized", probe.Backend, 401, "", probe.Credentials},
		{"forbidden", probe.Backend, 403, "", probe.Credentials},
		{"forbidden with the hash", probe.Backend, 403, "v1", probe.Credentials},
		{"redirected to log in", probe.Backend, 302, "", probe.Credentials},
		{"no route", probe.Backend, 404, "", probe.NotServed},
		{"not found by the backend", probe.Backend, 404, "v1", probe.NotServed},
		{"too many requests", probe.Backend, 429, "", probe.BadStatus},
		{"no backend", probe.Backend, 503, "", probe.BadStatus},
		{"server error", probe.Backend, 500, "v1", probe.BadStatus},
		{"gateway adds", probe.Gateway, 200, "v1", ""},
		{"gateway adds to a redirect", probe.Gateway, 301, "v1", ""},
		{"gateway adds to 401", probe.Gateway, 401, "v1", ""},
		{"gateway adds to 404", probe.Gateway, 404, "v1", ""},
		{"gateway without a valid backend", probe.Gateway, 500, "v1", probe.BadStatus},
		{"gateway without a backend", probe.Gateway, 503, "v1", probe.BadStatus},
		{"gateway with a bad backend", probe.Gateway, 502, "v1", probe.BadStatus},
		{"gateway with a slow backend", probe.Gateway, 504, "v1", probe.BadStatus},
		{"gateway with the old version", probe.Gateway, 200, "v0", probe.WrongHash},
		{"gateway without version", probe.Gateway, 405, "", probe.BadStatus},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlane(t, handled(func(w http.ResponseWriter, r *http.Request) {
					if r.Host != "a.example.com" || r.URL.Path != "/" || r.UserAgent() != header.IngressReadinessUserAgent {
						t.Errorf("asked %s %s as %s", r.Host, r.URL, r.UserAgent())
					}
					if c.hash != "" {
						w.Header().Set(header.HashKey, c.hash)
					}
					w.Header().Set("Location", "http://login.invalid/")
					w.WriteHeader(c.code)
				}))
				w := newWatch(t, Options{})
				got := w.first(t, probe.Target{Address: p.Listener.Addr().String(), Scheme: "http", Host: "a.example.com", Hash: "v1", Answers: c.answers})
				if got.Kind != c.want || got.Code != c.code || (got.State == probe.Proven) != (c.want == "") {
					t.Errorf("got %+v, want kind %q", got, c.want)
				}
			})
		})
	}
}

// B-RDY-10: our marker with another hash is this generation as it was rendered before; without the marker, or with
// another one, it is another KIngress.
func TestFormerVersion(t *testing.T) {
	for name, c := range map[string]struct {
		target       probe.Target
		code         int
		hash, marker string
		want         probe.Kind
	}{
		"the former version":                 {probe.Target{Hash: "v2", Marker: "uid.1"}, 200, "v1", "uid.1", probe.FormerVersion},
		"another generation":                 {probe.Target{Hash: "v2", Marker: "uid.2"}, 200, "v1", "uid.1", probe.WrongHash},
		"the hash of another generation":     {probe.Target{Hash: "v2", Marker: "uid.2"}, 200, "v2", "uid.1", probe.WrongHash},
		"the marker of a former release":     {probe.Target{Hash: "v2", Marker: "hashed", FormerMarker: "uid.1"}, 200, "v1", "uid.1", probe.FormerVersion},
		"the release before, this version":   {probe.Target{Hash: "v2", Marker: "hashed", FormerMarker: "uid.1"}, 200, "v2", "uid.1", ""},
		"neither marker":                     {probe.Target{Hash: "v2", Marker: "hashed", FormerMarker: "uid.1"}, 200, "v1", "uid.2", probe.WrongHash},
		"a gateway without markers":          {probe.Target{Hash: "v2"}, 200, "v1", "", probe.WrongHash},
		"a marker alone":                     {probe.Target{Hash: "v2", Marker: "uid.1"}, 200, "", "uid.1", probe.WrongHash},
		"without a backend":                  {probe.Target{Hash: "v2", Marker: "uid.1"}, 503, "v1", "uid.1", probe.BadStatus},
		"behind an auth proxy":               {probe.Target{Hash: "v2", Marker: "uid.1"}, 401, "v1", "uid.1", probe.Credentials},
		"the gateway answers":                {probe.Target{Hash: "v2", Marker: "uid.1", Answers: probe.Gateway}, 404, "v1", "uid.1", probe.FormerVersion},
		"the gateway answers for no backend": {probe.Target{Hash: "v2", Marker: "uid.1", Answers: probe.Gateway}, 500, "v1", "uid.1", probe.BadStatus},
	} {
		t.Run(name, func(t *testing.T) {
			headers := http.Header{}
			for key, value := range map[string]string{header.HashKey: c.hash, probe.MarkerHeader: c.marker} {
				if value != "" {
					headers.Set(key, value)
				}
			}
			if o := (request{Target: c.target}).judge(c.code, headers); o.ok != (c.want == "") || o.kind != c.want {
				t.Errorf("got %+v, want kind %s", o, c.want)
			}
		})
	}
}

// An empty hash is a mistake of the caller and never a proof.
func TestEmptyHashIsNoProof(t *testing.T) {
	if o := (request{}).judge(200, http.Header{}); o.ok {
		t.Error("an empty hash was proven")
	}
}

// B-RDY-2: the request is the one that Knative's own handler answers.
func TestKnativeHandlerAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		handler := knative.NewHandler(http.NotFoundHandler())
		p := newPlane(t, handled(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Set(header.HashKey, "v1") // the route does this
			handler.ServeHTTP(w, r)
		}))
		w := newWatch(t, Options{})
		if got := w.first(t, probe.Target{Address: p.Listener.Addr().String(), Scheme: "http", Host: "a", Hash: "v1"}); got.State != probe.Proven {
			t.Errorf("got %+v", got)
		}
	})
}

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

// A body that never ends costs its connection and not the answer.
func TestEndlessBodyIsNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlane(t, handled(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(header.HashKey, "v1")
			for chunk := make([]byte, 32<<10); ; {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		}))
		w := newWatch(t, Options{})
		if got := w.first(t, probe.Target{Address: p.Listener.Addr().String(), Scheme: "http", Host: "a", Hash: "v1"}); got.State != probe.Proven {
			t.Errorf("got %+v", got)
		}
	})
}
