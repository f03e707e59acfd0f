// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"
)

// Request is what to ask a data plane.
type Request struct {
	Host   string
	Path   string // "/" if empty
	Header map[string]string
	// Roots must have issued the certificate, over TLS on port 443; nil asks in
	// plain text on port 80.
	Roots *x509.CertPool
	// Wrong returns what is wrong with an answer of code 200; nil accepts all.
	Wrong func(Answer) error
}

// WrongAnswer counts, in the place of a code, answers of code 200 that are wrong.
const WrongAnswer = -1

// Load is a constant stream of requests to one address. Each comes over a connection made for it and so meets what the
// data plane does now. Of more than a hundred a second in plain text one of five does, and the others come as from most
// clients: the machine has not the time for more connections. (vegeta, which test/bench uses, makes all of them anew or none.)
type Load struct {
	begin    time.Time
	cancel   context.CancelFunc
	done     sync.WaitGroup
	answered chan struct{} // holds one when there was an answer since the last look

	mu    sync.Mutex
	codes map[int]int
	first map[int]string // when, and what, of each code
}

const (
	// inFlight bounds the requests that wait for answers.
	inFlight = 16
	// anew is how many requests there are for one over a new connection, where there are more than one in seldom.
	anew   = 5
	seldom = 10 * time.Millisecond
)

// StartLoad asks the address for the host at a rate of one request an interval, until
// Stop or the end of the test.
func StartLoad(t testing.TB, address, host string, interval time.Duration) *Load {
	t.Helper()
	return StartRequests(t, address, interval, Request{Host: host})
}

// StartRequests is StartLoad for several requests in turn.
func StartRequests(t testing.TB, address string, interval time.Duration, requests ...Request) *Load {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	load := &Load{begin: time.Now(), cancel: cancel, answered: make(chan struct{}, 1), codes: map[int]int{}, first: map[int]string{}}
	slots := make(chan struct{}, inFlight)
	load.done.Go(func() {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for turn := 0; ; turn++ {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			slots <- struct{}{}
			request, by := requests[turn%len(requests)], keeping
			if interval >= seldom || turn/len(requests)%anew == 0 {
				by = client
			}
			load.done.Go(func() {
				answer := request.askBy(context.Background(), by, address)
				load.note(time.Since(load.begin), request, answer)
				<-slots
			})
		}
	})
	t.Cleanup(func() {
		if codes := load.Stop(); t.Failed() {
			t.Logf("load: %v, first of each: %v", codes, load.first)
		}
	})
	return load
}

func (l *Load) note(at time.Duration, request Request, answer Answer) {
	code, what := answer.Code, answer.String()
	if code == http.StatusOK && request.Wrong != nil {
		if err := request.Wrong(answer); err != nil {
			code, what = WrongAnswer, err.Error()
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.codes[code]++
	if _, known := l.first[code]; !known {
		l.first[code] = fmt.Sprintf("%s: host %s %v: %s", at.Round(time.Millisecond), request.Host, request.Header, what)
	}
	select {
	case l.answered <- struct{}{}:
	default:
	}
}

// await returns when that many answers have come, or after Seconds.
func (l *Load) await(answers int) {
	deadline := time.After(Seconds)
	for l.total() < answers {
		select {
		case <-l.answered:
		case <-deadline:
			return
		}
	}
}

func (l *Load) total() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	total := 0
	for _, count := range l.codes {
		total += count
	}
	return total
}

// Stop waits for the last answer and returns how often each code came; 0 are
// requests without an answer.
func (l *Load) Stop() map[int]int {
	l.cancel()
	l.done.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.codes
}

// StopAllAnswered stops the load, once there were enough answers to mean something, and
// fails the test unless every answer had the code.
func (l *Load) StopAllAnswered(t testing.TB, code, atLeast int) {
	t.Helper()
	l.await(atLeast)
	codes := l.Stop()
	rate := float64(l.total()) / time.Since(l.begin).Seconds()
	for other, count := range codes {
		if other != code {
			t.Errorf("%d requests were answered %d, want %d; first: %s", count, other, code, l.first[other])
		}
	}
	if codes[code] < atLeast {
		t.Errorf("%d requests were answered %d, want at least %d", codes[code], code, atLeast)
	}
	t.Logf("load: %v, %.0f a second", codes, rate)
}
