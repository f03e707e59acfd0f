// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// askEvery is the time between two requests to a data plane, where there is nothing to watch.
const askEvery = 50 * time.Millisecond

// Answer is an HTTP response; Code is 0 when there was none.
type Answer struct {
	Code   int
	Body   string
	Header http.Header
	// Proto is "HTTP/1.1" or "HTTP/2.0"; TLS is nil for plain answers.
	Proto string
	TLS   *tls.ConnectionState
	Err   error
}

func (a Answer) String() string {
	if a.Err != nil {
		return a.Err.Error()
	}
	return fmt.Sprintf("%d %.200q", a.Code, a.Body)
}

// dialFor is how long a connection may take: a resolver asks again after 5 s, and a packet that a busy machine has lost
// is sent again after 1, 3 and 7.
const dialFor = 8 * time.Second

// client makes a new connection for every request, which meets what the data plane
// does now. keeping reuses connections, as most clients do.
var client, keeping = newClient(-1), newClient(inFlight)

// newClient keeps that many connections to an address, and follows no redirect.
func newClient(kept int) *http.Client {
	return &http.Client{
		Timeout: 10 * time.Second,
		Transport: &http.Transport{
			DisableKeepAlives:   kept < 0,
			MaxIdleConnsPerHost: kept,
			DialContext:         (&net.Dialer{Timeout: dialFor}).DialContext,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Ask sends one request to port 80 of an address, for a host.
func Ask(ctx context.Context, address, host string) Answer {
	return Request{Host: host}.ask(ctx, address)
}

func (r Request) ask(ctx context.Context, address string) Answer {
	return r.askBy(ctx, client, address)
}

// askBy takes the client for plain text; over TLS each request has a connection of its own.
func (r Request) askBy(ctx context.Context, by *http.Client, address string) Answer {
	url := "http://" + net.JoinHostPort(address, "80") + cmp.Or(r.Path, "/")
	if r.Roots != nil {
		url, by = "https://"+r.Host+cmp.Or(r.Path, "/"), r.secure(address)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return Answer{Err: err}
	}
	request.Host = r.Host
	for name, value := range r.Header {
		request.Header.Set(name, value)
	}
	response, err := by.Do(request)
	if err != nil {
		return Answer{Err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	return Answer{Code: response.StatusCode, Body: string(body), Header: response.Header, Proto: response.Proto, TLS: response.TLS, Err: err}
}

// AskFor sends one request to an address.
func AskFor(ctx context.Context, address string, request Request) Answer {
	return request.ask(ctx, address)
}

// AwaitAnswer asks until the code comes back.
func AwaitAnswer(t testing.TB, address, host string, code int, limit time.Duration) Answer {
	t.Helper()
	return await(t, address, Request{Host: host}, code, limit)
}

// AwaitRight asks until an answer of code 200 comes back that is not Wrong.
func AwaitRight(t testing.TB, address string, request Request, limit time.Duration) Answer {
	t.Helper()
	return await(t, address, request, http.StatusOK, limit)
}

// AwaitRefused asks until there is no answer, as over TLS without a listener for the host.
func AwaitRefused(t testing.TB, address string, request Request, limit time.Duration) {
	t.Helper()
	await(t, address, request, 0, limit)
}

func await(t testing.TB, address string, request Request, code int, limit time.Duration) Answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	ticker := time.NewTicker(askEvery)
	defer ticker.Stop()
	last := Answer{Err: errors.New("not asked")}
	for {
		answer := request.ask(ctx, address)
		met := answer.Code == code
		if met && request.Wrong != nil {
			answer.Err = request.Wrong(answer)
			met = answer.Err == nil
		}
		if met {
			return answer
		}
		if ctx.Err() == nil {
			last = answer
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s for host %s %v: %s, want %d within %s", address, request.Host, request.Header, last, code, limit)
		case <-ticker.C:
		}
	}
}

// Answers asks several times in a row and fails at the first other code.
func Answers(t testing.TB, address, host string, code int) Answer {
	t.Helper()
	var answer Answer
	for range 5 {
		if answer = Ask(t.Context(), address, host); answer.Code != code {
			t.Fatalf("http://%s for host %s: %s, want %d", address, host, answer, code)
		}
	}
	return answer
}

// AwaitAnswers is Answers at a Gateway that is new: kube-proxy may route to its Service later than the proxies behind it,
// which the controller asks, are ready. It waits for the first answer only.
func AwaitAnswers(t testing.TB, address, host string, code int) {
	t.Helper()
	AwaitAnswer(t, address, host, code, Seconds)
	Answers(t, address, host, code)
}
