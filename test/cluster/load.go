// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"sync"
	"testing"
	"time"
)

// Load is a constant stream of requests to one host.
type Load struct {
	cancel   context.CancelFunc
	done     sync.WaitGroup
	answered chan struct{} // holds one when there was an answer since the last look

	mu    sync.Mutex
	codes map[int]int
	first map[int]string // when, and what, of each code
}

// inFlight bounds the requests that wait for answers.
const inFlight = 16

// StartLoad asks the address for the host at a rate of one request an interval, until
// Stop or the end of the test.
func StartLoad(t testing.TB, address, host string, interval time.Duration) *Load {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	load := &Load{cancel: cancel, answered: make(chan struct{}, 1), codes: map[int]int{}, first: map[int]string{}}
	begin := time.Now()
	slots := make(chan struct{}, inFlight)
	load.done.Go(func() {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			slots <- struct{}{}
			load.done.Go(func() {
				answer := Ask(context.Background(), address, host)
				load.note(time.Since(begin), answer)
				<-slots
			})
		}
	})
	t.Cleanup(func() { load.Stop() })
	return load
}

func (l *Load) note(at time.Duration, answer Answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.codes[answer.Code]++
	if _, known := l.first[answer.Code]; !known {
		l.first[answer.Code] = at.Round(time.Millisecond).String() + ": " + answer.String()
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
	for other, count := range codes {
		if other != code {
			t.Errorf("%d requests were answered %d, want %d; first: %s", count, other, code, l.first[other])
		}
	}
	if codes[code] < atLeast {
		t.Errorf("%d requests were answered %d, want at least %d", codes[code], code, atLeast)
	}
	t.Logf("load: %v", codes)
}
