// SPDX-License-Identifier: Apache-2.0

package probe

import "time"

// Unserved tells whether a question has got no answer of its generation, neither of the expected version nor of a former one,
// for the time of grace. Else left is when that will be so if nothing changes; 0 for never. One failure does not count
// before another try confirms it, because a busy Prober asks rarely and a single answer may be late, and what was not
// asked yet does not count. A pod is unserved when all of its addresses are.
func (r Report) Unserved(now time.Time, grace time.Duration) (unserved bool, left time.Duration) {
	questions := map[Target]Result{}
	for _, res := range r.Unproven().Results {
		known, asked := questions[res.Question()]
		if !asked || res.UnservedSince.IsZero() || !known.UnservedSince.IsZero() && res.UnservedSince.After(known.UnservedSince) {
			questions[res.Question()] = res
		}
	}
	for _, res := range questions {
		switch remains := res.UnservedSince.Add(grace).Sub(now); {
		case res.UnservedSince.IsZero():
		case remains <= 0 && res.Asked.After(res.UnservedSince):
			return true, 0
		case left == 0 || remains < left:
			left = max(remains, time.Second)
		}
	}
	return false, left
}
