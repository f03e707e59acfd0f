// SPDX-License-Identifier: Apache-2.0

package prober

import "time"

// tlsCost is how many plain tries one over TLS counts for: it needs a connection for its host, most times with
// a handshake, which costs both sides ten times as much as a small request.
const tlsCost = 3

// burstSize is how many tries may start at once after a quiet time.
const burstSize = 10

// rateLimiter bounds how many tries start in a second. That of golang.org/x/time/rate takes nothing back once a try has
// started.
type rateLimiter struct {
	rate int
	next time.Time // when the next try may start
}

// take counts a try that starts.
func (l *rateLimiter) take(now time.Time, scheme string) {
	if idle := now.Add(-burstSize * l.cost("")); l.next.Before(idle) {
		l.next = idle
	}
	l.next = l.next.Add(l.cost(scheme))
}

// refund gives back what a try took that proved something.
func (l *rateLimiter) refund(scheme string) { l.next = l.next.Add(-l.cost(scheme)) }

func (l *rateLimiter) cost(scheme string) time.Duration {
	cost := time.Second / time.Duration(l.rate)
	if scheme == "https" {
		cost *= tlsCost
	}
	return cost
}
