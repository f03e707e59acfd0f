// SPDX-License-Identifier: Apache-2.0

package prober

import "time"

// secureCost is how many plain tries one over TLS counts for: it needs a connection for its host, most times with
// a handshake, which costs both sides ten times as much as a small request.
const secureCost = 3

// paceBurst is how many tries may start at once after a quiet time.
const paceBurst = 10

// pacer bounds how many tries start in a second.
type pacer struct {
	start time.Time // when the next one may
}

// started notes that a try starts, where so many may in a second.
func (p *pacer) started(now time.Time, rate int, scheme string) {
	gap := time.Second / time.Duration(rate)
	if idle := now.Add(-paceBurst * gap); p.start.Before(idle) {
		p.start = idle
	}
	if scheme == "https" {
		gap *= secureCost
	}
	p.start = p.start.Add(gap)
}
