// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"testing"
	"time"
)

// B-RDY-10: unserved is what was answered by neither version for the time of grace, and not by one try alone.
func TestLost(t *testing.T) {
	const grace = 15 * time.Second
	unserved := func(address string, ago, asked time.Duration) Result {
		r := failed(address, NotServed, ago)
		r.UnservedSince, r.Asked = noon.Add(-ago), noon.Add(-asked)
		return r
	}
	of := func(pod string, r Result) Result {
		r.Pod, r.Host = pod, "a.example.com"
		return r
	}
	former := failed("10.0.0.1:80", FormerVersion, time.Hour)
	for name, c := range map[string]struct {
		results []Result
		lost    bool
		left    time.Duration
	}{
		"nothing was asked":                  {nil, false, 0},
		"not asked yet":                      {[]Result{pending("10.0.0.1:80")}, false, 0},
		"a former version answers":           {[]Result{former}, false, 0},
		"for a while neither does":           {[]Result{unserved("10.0.0.1:80", 5*time.Second, 0)}, false, 10 * time.Second},
		"neither does any more":              {[]Result{unserved("10.0.0.1:80", grace, time.Second)}, true, 0},
		"asked only once":                    {[]Result{unserved("10.0.0.1:80", time.Minute, time.Minute)}, false, time.Second},
		"one of two pods":                    {[]Result{former, unserved("10.0.0.2:80", grace, 0)}, true, 0},
		"one is proven":                      {[]Result{proven("10.0.0.1:80"), unserved("10.0.0.2:80", 14*time.Second, 0)}, false, time.Second},
		"the pod answers at another address": {[]Result{of("a", unserved("10.0.0.1:80", time.Hour, 0)), of("a", former)}, false, 0},
		"the pod is proven at another":       {[]Result{of("a", unserved("10.0.0.1:80", time.Hour, 0)), of("a", proven("[::1]:80"))}, false, 0},
		"no address of the pod answers":      {[]Result{of("a", unserved("10.0.0.1:80", time.Hour, 0)), of("a", unserved("[::1]:80", 20*time.Second, 0))}, true, 0},
		"the later of its addresses counts":  {[]Result{of("a", unserved("10.0.0.1:80", time.Hour, 0)), of("a", unserved("[::1]:80", 5*time.Second, 0))}, false, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			if lost, left := (Report{Results: c.results}).Unserved(noon, grace); lost != c.lost || left != c.left {
				t.Errorf("lost %t, left %s; want %t, %s", lost, left, c.lost, c.left)
			}
		})
	}
}
