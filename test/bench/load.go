// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log"
	"net/http"
	"sync"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

const (
	// askers bounds the requests that wait for an answer: a client has no more
	// connections, also when the machine stood still for a while.
	askers = 256
	// answerWithin is how long a client waits.
	answerWithin = 10 * time.Second
	// bodyStart is how much of an answer is looked at.
	bodyStart = 64
	// shownFailures of a load are logged.
	shownFailures = 5
)

// load asks one host at one address at a constant rate, on connections that are kept.
type load struct {
	rate     int
	began    time.Time
	attacker *vegeta.Attacker
	ended    chan struct{}

	mu      sync.Mutex
	answers []answer
}

// answer is what came back for a request; its code is 0 when nothing did.
type answer struct {
	sent       time.Time
	code       int
	body, text string
}

func (a answer) ok() bool { return a.code >= 200 && a.code < 300 }

// startLoad asks rate times a second until stop.
func startLoad(address, host string, rate int) *load {
	return start("http://"+address, host, rate)
}

// startTLSLoad is startLoad over TLS, with a connection for each request.
func startTLSLoad(address, host string, rate int, config *tls.Config) *load {
	return start("https://"+address, host, rate, vegeta.TLSConfig(config), vegeta.KeepAlive(false))
}

func start(url, host string, rate int, options ...func(*vegeta.Attacker)) *load {
	l := &load{rate: rate, began: time.Now(), ended: make(chan struct{}), attacker: vegeta.NewAttacker(append([]func(*vegeta.Attacker){
		vegeta.MaxWorkers(askers), vegeta.Connections(askers), vegeta.Timeout(answerWithin), vegeta.MaxBody(bodyStart), vegeta.Redirects(vegeta.NoFollow),
	}, options...)...)}
	target := vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: url + "/", Header: http.Header{"Host": {host}}})
	results := l.attacker.Attack(target, vegeta.Rate{Freq: rate, Per: time.Second}, 0, "")
	go func() {
		defer close(l.ended)
		for result := range results {
			l.note(answer{sent: result.Timestamp, code: int(result.Code), body: string(result.Body), text: result.Error})
		}
	}()
	return l
}

func (l *load) note(a answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers = append(l.answers, a)
}

// tally counts the answers of loads, and how long these lasted.
type tally struct {
	requests, refused, lost int
	lasted                  time.Duration
}

// check fails where nothing was asked.
func (t tally) check(what string) error {
	if t.requests == 0 {
		return fmt.Errorf("%s: not one request was made", what)
	}
	return nil
}

func (t tally) plus(other tally) tally {
	return tally{t.requests + other.requests, t.refused + other.refused, t.lost + other.lost, t.lasted + other.lasted}
}

// end waits for the last answer.
func (l *load) end() {
	l.attacker.Stop()
	<-l.ended
}

// stop ends the load, counts the answers, and logs the first failures.
func (l *load) stop() tally {
	l.end()
	counted := tally{requests: len(l.answers), lasted: time.Since(l.began)}
	for _, a := range l.answers {
		switch {
		case a.ok():
			continue
		case a.code == 0:
			counted.lost++
		default:
			counted.refused++
		}
		if counted.lost+counted.refused <= shownFailures {
			log.Printf("failure: sent %s: %d %s %q", a.sent.Format(time.StampMilli), a.code, a.text, a.body)
		}
	}
	return counted
}

// others counts the good answers that say something else.
func (l *load) others(answer string) int {
	counted := 0
	for _, a := range l.answers {
		if a.ok() && a.body != answer {
			counted++
		}
	}
	return counted
}

// figures are those of every load, beside those of the load of the bare minimum. A
// machine that does not reach the rate is too busy for any of them.
func (t tally) figures(what string, rate int, bare tally) []figure {
	reached := func(t tally) float64 { return float64(t.requests) / t.lasted.Seconds() }
	return []figure{
		count(what+"requests", t.requests, "requests", "").beside(float64(bare.requests)),
		figure{Name: what + "reached", Ours: reached(t), Unit: "requests/s", Target: fmt.Sprint(rate)}.beside(reached(bare)),
		count(what+"answers other than 2xx", t.refused, "answers", "0").beside(float64(bare.refused)),
		count(what+"connection errors", t.lost, "requests", "0").beside(float64(bare.lost)),
	}
}

// turned waits until the answers have turned and stay so for half a second, and
// returns the first moment, not before since, from which every answer is as wanted.
func (l *load) turned(ctx context.Context, since time.Time, wanted func(answer) bool) (time.Time, error) {
	ticker := time.NewTicker(askAgain)
	defer ticker.Stop()
	for {
		moment, answers := l.turn(since, wanted)
		if answers >= l.rate/2 {
			return moment, nil
		}
		select {
		case <-ctx.Done():
			return moment, fmt.Errorf("only the last %d answers are as wanted: %w", answers, ctx.Err())
		case <-l.ended:
			return moment, fmt.Errorf("the load ended, its last %d answers are as wanted", answers)
		case <-ticker.C:
		}
	}
}

// turn finds the moment, and how many requests were sent from then on.
func (l *load) turn(since time.Time, wanted func(answer) bool) (time.Time, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := since
	for _, a := range l.answers {
		if a.sent.After(before) && !wanted(a) {
			before = a.sent
		}
	}
	first, answers := time.Time{}, 0
	for _, a := range l.answers {
		if a.sent.After(before) {
			answers++
			if first.IsZero() || a.sent.Before(first) {
				first = a.sent
			}
		}
	}
	return first, answers
}

// says is met by answers of the Revision that answers so.
func says(body string) func(answer) bool {
	return func(a answer) bool { return a.ok() && a.body == body }
}
