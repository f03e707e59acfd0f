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

	"knative.dev/networking/pkg/http/header"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// maxBody is how much of an answer's body is read so that the connection can be used again; longer ones cost the connection.
const maxBody = 64 << 10

// question is one try.
type question struct {
	probe.Target
	proxy byte // version of the PROXY protocol, 0 for none
	conns *conns
}

// url is where the request goes. For http the address is also the key of the connection pool, so that
// targets share connections. For https the host is, because a connection is made for one SNI, and
// asking for another host over it earns 421 Misdirected Request.
func (q question) url() string {
	if q.Scheme == "https" {
		return "https://" + q.Host + cmp.Or(q.Path, "/")
	}
	return "http://" + q.Address + cmp.Or(q.Path, "/")
}

// askFunc tries once. The Prober's tests put a data plane of their own in its place.
type askFunc func(context.Context, question) outcome

// outcome of a try.
type outcome struct {
	ok   bool
	code int
	kind probe.Kind
	err  string
	// silent: a connection was made, and then nothing came until the timeout.
	silent bool
}

// doubtsProxy tells whether the peer may not have understood our version of the PROXY protocol. Any
// other answer is one that it gave after understanding.
func (o outcome) doubtsProxy() bool {
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

// ask tries over a pooled connection, and when that succeeds with a used one, once more over a new one:
// only an answer over a connection that was made for the question proves anything (see the package documentation).
func ask(ctx context.Context, q question) outcome {
	o, fresh := roundTrip(ctx, q, q.conns.pooled(q.proxy))
	if o.ok && !fresh {
		o, _ = roundTrip(ctx, q, q.conns.single(q.proxy))
	}
	return o
}

// roundTrip makes one request, and tells whether its connection was made for it.
func roundTrip(ctx context.Context, q question, transport http.RoundTripper) (o outcome, fresh bool) {
	ctx, cancel := context.WithTimeout(ctx, q.conns.attempt)
	defer cancel()
	connected := false
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		connected, fresh = true, !info.Reused && !info.WasIdle
	}})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, q.url(), nil)
	if err != nil {
		return outcome{kind: probe.BadStatus, err: "no valid host or address"}, false
	}
	req.Host = q.Host
	req.Header.Set(header.UserAgentKey, header.IngressReadinessUserAgent)
	req.Header.Set(header.ProbeKey, header.ProbeValue)
	req.Header.Set(header.HashKey, header.HashValueOverride)
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return failure(err, connected, q.conns.attempt), fresh
	}
	defer resp.Body.Close()
	// The status and the headers are the answer; a body that breaks off changes nothing.
	_, _ = io.CopyN(io.Discard, resp.Body, maxBody)
	return q.judge(resp.StatusCode, resp.Header), fresh
}

// judge compares an answer with the expected one (B-RDY-2).
func (q question) judge(code int, h http.Header) outcome {
	// Also a gateway that adds our header to one that the backend sent has the expected version: nobody else knows the hash.
	hashes := h.Values(header.HashKey)
	hash := q.Hash != "" && slices.Contains(hashes, q.Hash)
	marked := q.marked(h.Values(probe.MarkerHeader))
	if hash && marked && q.accepts(code) {
		return outcome{ok: true, code: code}
	}
	o := outcome{code: code, err: statusText(code)}
	switch {
	case q.Marker != "" && marked && len(hashes) > 0 && q.accepts(code):
		o.kind, o.err = probe.FormerVersion, o.err+" with a former version"
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code >= 300 && code < 400:
		o.kind = probe.Credentials
	case code == http.StatusNotFound:
		o.kind = probe.NotServed
	case code >= 400, hash && marked:
		o.kind = probe.BadStatus
	case len(hashes) == 0:
		o.kind, o.err = probe.WrongHash, o.err+" without a version"
	default:
		o.kind, o.err = probe.WrongHash, o.err+" with another version"
	}
	return o
}

// marked tells whether the answer is the object's that is asked for, as far as that can be told.
func (q question) marked(markers []string) bool {
	return q.Marker == "" || slices.Contains(markers, q.Marker) || q.FormerMarker != "" && slices.Contains(markers, q.FormerMarker)
}

func (q question) accepts(code int) bool {
	if q.Answers == probe.Gateway {
		return code < http.StatusInternalServerError
	}
	return code == http.StatusOK
}

// statusText is the Err of an HTTP answer that is not the expected one.
func statusText(code int) string {
	return "status " + strconv.Itoa(code)
}
