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
	rate  int
	start time.Time // when the next one may
}

// started notes that a try starts.
func (p *pacer) started(now time.Time, scheme string) {
	if idle := now.Add(-paceBurst * p.gap("")); p.start.Before(idle) {
		p.start = idle
	}
	p.start = p.start.Add(p.gap(scheme))
}

// worked gives back what a try that proved something took.
func (p *pacer) worked(scheme string) { p.start = p.start.Add(-p.gap(scheme)) }

func (p *pacer) gap(scheme string) time.Duration {
	gap := time.Second / time.Duration(p.rate)
	if scheme == "https" {
		gap *= secureCost
	}
	return gap
}
