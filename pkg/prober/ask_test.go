// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"net/http"
	"testing"
	"testing/synctest"

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
