// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"

	"knative.dev/networking/pkg/http/header"
)

// maxBody is how much of an answer's body is read so that the connection can be used again; longer ones cost the connection.
const maxBody = 64 << 10

// question is one try.
type question struct {
	Target
	proxy byte // version of the PROXY protocol, 0 for none
	conns *conns
}

// askFunc tries once. The Prober's tests put a data plane of their own in its place.
type askFunc func(context.Context, question) outcome

// outcome of a try.
type outcome struct {
	ok   bool
	code int
	kind Kind
	err  string
	// silent: a connection was made, and then nothing came until the timeout.
	silent bool
}

// doubtsProxy tells whether the peer may not have understood our version of the PROXY protocol. Any
// other answer is one that it gave after understanding.
func (o outcome) doubtsProxy() bool {
	return o.code == 0 || o.code == http.StatusBadRequest
}

// class is that of the next try, after one of the class before. A connection that failed says nothing of the target.
func (o outcome) class(before class) class {
	switch o.kind {
	case NoAnswer:
		return slow
	case Unreachable:
		return before
	}
	return brisk
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
		return outcome{kind: BadStatus, err: "no valid host or address"}, false
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
func (t Target) judge(code int, h http.Header) outcome {
	// Also a gateway that adds our header to one that the backend sent has the expected version: nobody else knows the hash.
	hash := t.Hash != "" && slices.Contains(h.Values(header.HashKey), t.Hash)
	if hash && t.accepts(code) {
		return outcome{ok: true, code: code}
	}
	o := outcome{code: code, err: statusText(code)}
	switch {
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code >= 300 && code < 400:
		o.kind = Credentials
	case code == http.StatusNotFound:
		o.kind = NotServed
	case code >= 400, hash:
		o.kind = BadStatus
	case len(h.Values(header.HashKey)) == 0:
		o.kind, o.err = WrongHash, o.err+" without a version"
	default:
		o.kind, o.err = WrongHash, o.err+" with another version"
	}
	return o
}

func (t Target) accepts(code int) bool {
	if t.Answers == Gateway {
		return code != http.StatusBadGateway && code != http.StatusServiceUnavailable && code != http.StatusGatewayTimeout
	}
	return code == http.StatusOK
}
