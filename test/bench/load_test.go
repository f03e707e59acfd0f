// SPDX-License-Identifier: Apache-2.0

package main

import (
	"testing"
	"time"
)

// TestTurn: the moment is the first request after which no answer is the old one, in
// whatever order they arrive, and answers from before the change do not count.
func TestTurn(t *testing.T) {
	epoch := time.Unix(1_800_000_000, 0)
	at := func(second int) time.Time { return epoch.Add(time.Duration(second) * time.Second) }
	wanted := says("new")
	for name, tc := range map[string]struct {
		answers []answer
		moment  time.Time
		count   int
	}{
		"nothing":              {},
		"only old":             {answers: []answer{{sent: at(1), code: 200, body: "old"}}},
		"at once":              {answers: []answer{{sent: at(1), code: 200, body: "new"}, {sent: at(2), code: 200, body: "new"}}, moment: at(1), count: 2},
		"old before":           {answers: []answer{{sent: at(-1), code: 200, body: "old"}, {sent: at(1), code: 200, body: "new"}}, moment: at(1), count: 1},
		"new before":           {answers: []answer{{sent: at(-1), code: 200, body: "new"}}},
		"back and forth":       {answers: []answer{{sent: at(1), code: 200, body: "new"}, {sent: at(2), code: 200, body: "old"}, {sent: at(3), code: 200, body: "new"}}, moment: at(3), count: 1},
		"a late old answer":    {answers: []answer{{sent: at(3), code: 200, body: "new"}, {sent: at(4), code: 200, body: "new"}, {sent: at(3), code: 200, body: "old"}}, moment: at(4), count: 1},
		"a late earlier one":   {answers: []answer{{sent: at(4), code: 200, body: "new"}, {sent: at(3), code: 200, body: "new"}}, moment: at(3), count: 2},
		"a failure is not new": {answers: []answer{{sent: at(1), code: 200, body: "new"}, {sent: at(2), code: 503, body: "new"}}},
	} {
		t.Run(name, func(t *testing.T) {
			moment, count := (&load{answers: tc.answers}).turn(epoch, wanted)
			if !moment.Equal(tc.moment) || count != tc.count {
				t.Errorf("turned at %s with %d answers, want %s with %d", moment, count, tc.moment, tc.count)
			}
		})
	}
}
