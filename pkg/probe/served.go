// SPDX-License-Identifier: Apache-2.0

package probe

import "time"

// Lost tells whether a question has been answered for that long by neither the expected version nor a former one of its
// generation, or after which time one will have been if nothing changes; 0 when none will. One failure is not believed
// before another try confirms it: a busy Prober asks rarely, and a single answer may be late. What was not asked yet has
// not been answered wrongly. A pod is lost when all of its addresses are.
func (r Report) Lost(now time.Time, patience time.Duration) (lost bool, left time.Duration) {
	questions := map[Target]Result{}
	for _, res := range r.Unproven().Results {
		known, asked := questions[res.Question()]
		if !asked || res.UnservedSince.IsZero() || !known.UnservedSince.IsZero() && res.UnservedSince.After(known.UnservedSince) {
			questions[res.Question()] = res
		}
	}
	for _, res := range questions {
		switch remains := res.UnservedSince.Add(patience).Sub(now); {
		case res.UnservedSince.IsZero():
		case remains <= 0 && res.Asked.After(res.UnservedSince):
			return true, 0
		case left == 0 || remains < left:
			left = max(remains, time.Second)
		}
	}
	return false, left
}
