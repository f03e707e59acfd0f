// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"sync/atomic"

	"knative.dev/networking/pkg/http/header"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// maxBody is how many bytes of a body are read so that the connection can be used again.
const maxBody = 64 << 10

// request is one try.
type request struct {
	probe.Target
	proxy byte // version of the PROXY protocol, 0 for none
	conns *conns
	// connected: there is a TCP connection, perhaps without a TLS handshake yet.
	connected *atomic.Bool
}

func newRequest(target probe.Target, proxy byte, conns *conns) request {
	return request{target, proxy, conns, new(atomic.Bool)}
}

// url is the key of the connection pool, too. For http it has the address, so that targets share connections. For https it
// has the host, because a connection is made for one SNI: another host over it gets 421 Misdirected Request.
func (r request) url() string {
	if r.Scheme == "https" {
		return "https://" + r.Host + cmp.Or(r.Path, "/")
	}
	return "http://" + r.Address + cmp.Or(r.Path, "/")
}

// askFunc tries once. Tests replace it.
type askFunc func(context.Context, request) outcome

// outcome of a try.
type outcome struct {
	ok   bool
	code int
	kind probe.Kind
	err  string
	// late: it did not end in time. silent: a connection was made, and then nothing came.
	late, silent bool
	// busy: it was late at an address that is late for many. That tells nothing about the target.
	busy bool
}

// proxyVersionInDoubt tells whether the peer may not have understood our version of the PROXY protocol. With any other
// answer it has.
func (o outcome) proxyVersionInDoubt() bool {
	return o.code == 0 || o.code == http.StatusBadRequest
}

// class is that of the next try, after one of the class before. A connection that failed tells nothing about the target.
func (o outcome) class(before class) class {
	switch o.kind {
	case probe.NoAnswer:
		return classHanging
	case probe.Unreachable:
		return before
	}
	return classAnswering
}

// ask tries over a pooled connection, and when that succeeds with a used one, once more over a new one: a reused
// connection proves nothing (see the package documentation).
func ask(ctx context.Context, r request) outcome {
	o, fresh := roundTrip(ctx, r, r.conns.pooled(r.proxy))
	if o.ok && !fresh {
		o, _ = roundTrip(ctx, r, r.conns.single(r.proxy))
	}
	return o
}

// roundTrip makes one request, and tells whether its connection was made for it.
func roundTrip(ctx context.Context, r request, transport http.RoundTripper) (o outcome, fresh bool) {
	ctx = httptrace.WithClientTrace(withConnected(ctx, r.connected), &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		fresh = !info.Reused && !info.WasIdle
		r.connected.Store(true)
	}})
	httpRequest, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url(), nil)
	if err != nil {
		return outcome{kind: probe.BadStatus, err: "no valid host or address"}, false
	}
	httpRequest.Host = r.Host
	httpRequest.Header.Set(header.UserAgentKey, header.IngressReadinessUserAgent)
	httpRequest.Header.Set(header.ProbeKey, header.ProbeValue)
	httpRequest.Header.Set(header.HashKey, header.HashValueOverride)
	resp, err := transport.RoundTrip(httpRequest)
	if err != nil {
		return failure(cmp.Or(context.Cause(ctx), err), r.connected.Load(), r.conns.attempt), fresh
	}
	defer resp.Body.Close()
	// The status and the headers are the answer, even if the body breaks off.
	_, _ = io.CopyN(io.Discard, resp.Body, maxBody)
	return r.judge(resp.StatusCode, resp.Header), fresh
}

// judge compares an answer with the expected one (B-RDY-2).
func (r request) judge(code int, h http.Header) outcome {
	// The backend and the gateway may each have sent one. The expected one proves the version: only its route knows that hash.
	hashes := h.Values(header.HashKey)
	hash := r.Hash != "" && slices.Contains(hashes, r.Hash)
	marked := r.marked(h.Values(probe.MarkerHeader))
	if hash && marked && r.accepts(code) {
		return outcome{ok: true, code: code}
	}
	o := outcome{code: code, err: statusText(code)}
	switch {
	case r.Marker != "" && marked && len(hashes) > 0 && r.accepts(code):
		o.kind, o.err = probe.FormerVersion, o.err+" from the former version"
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code >= 300 && code < 400:
		o.kind = probe.Credentials
	case code == http.StatusNotFound:
		o.kind = probe.NotServed
	case code >= 400, hash && marked:
		o.kind = probe.BadStatus
	case len(hashes) == 0:
		o.kind, o.err = probe.WrongHash, o.err+" without header "+header.HashKey+": something else answers"
	default:
		o.kind, o.err = probe.WrongHash, o.err+" from another version"
	}
	return o
}

// marked tells whether the answer carries the expected marker, if there is one.
func (r request) marked(markers []string) bool {
	return r.Marker == "" || slices.Contains(markers, r.Marker) || r.FormerMarker != "" && slices.Contains(markers, r.FormerMarker)
}

func (r request) accepts(code int) bool {
	if r.Answers == probe.Gateway {
		return code < http.StatusInternalServerError
	}
	return code == http.StatusOK
}

// statusText is the Err of an HTTP answer that is not the expected one.
func statusText(code int) string {
	return "status " + strconv.Itoa(code)
}
