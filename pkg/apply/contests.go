// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// What another field manager has changed is written again at once, a few times in a row: the repair is not to be later than the
// mistake. Where that goes on, as with a tool that keeps to a file of its own or a second installation of ours, it is written
// after a pause that doubles each time, so that no two write without end; and from the third time on it is said who
// else writes. Twice the pause and the quiet without such a change begin it anew.
const (
	firstPause, longestPause = time.Second, 5 * time.Minute
	quiet                    = 10 * time.Second
	saidFrom                 = 3
	atOnceInARow             = 5
)

// ReasonContested is that of the Event which says who else writes what is ours.
const ReasonContested = "WrittenByOthers"

// Contests remember what was written lately, to tell what others have changed since from what is
// wanted in another way now. They are a cache: a new leader writes at once again.
type Contests struct {
	mu    sync.Mutex
	known map[Contested]*contest
	swept time.Time
}

// Contested is an object, or part of one.
type Contested struct {
	Kind string
	Name types.NamespacedName
}

// Contender is who wants to write: for which object, in which generation of it, and when. What is
// written for another object, or for a new generation, waits for nothing.
type Contender struct {
	Owner      types.UID
	Generation int64
	Now        time.Time
}

// contest is what was last written, when, and how often in a row others had changed it.
type contest struct {
	Contender
	wrote Digest
	times int
}

// NewContests returns empty ones.
func NewContests() *Contests { return &Contests{known: map[Contested]*contest{}} }

// Backoff is how long a write has to wait, and how often in a row others will then have changed what was
// written before. Changed tells that they have since the last time.
type Backoff struct {
	Wait    time.Duration
	Times   int
	Changed bool
}

// Said tells that others have changed it often enough to say so.
func (b Backoff) Said() bool { return b.Wait == 0 && b.Changed && b.Times >= saidFrom }

// Due tells whether a write may be done now, given how to tell that others have changed what was written
// before.
func (c *Contests) Due(what Contested, by Contender, changed func(wrote Digest) bool) Backoff {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.known[what]
	if known == nil || known.Owner != by.Owner {
		return Backoff{}
	}
	since, pause := by.Now.Sub(known.Now), pauseOf(known.times)
	switch {
	case since > 2*pause+quiet:
		return Backoff{}
	case !changed(known.wrote):
		return Backoff{Times: known.times}
	case known.Generation == by.Generation && since < pause:
		return Backoff{Wait: pause - since}
	}
	return Backoff{Times: known.times + 1, Changed: true}
}

func pauseOf(times int) time.Duration {
	pause := time.Duration(0)
	for range times - atOnceInARow {
		pause = min(max(2*pause, firstPause), longestPause)
	}
	return pause
}

// Wrote remembers a write, before which others had so often changed it.
func (c *Contests) Wrote(what Contested, by Contender, digest Digest, times int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known[what] = &contest{Contender: by, wrote: digest, times: times}
	if by.Now.Sub(c.swept) < quiet {
		return
	}
	c.swept = by.Now
	for other, known := range c.known {
		if by.Now.Sub(known.Now) > 2*pauseOf(known.times)+quiet {
			delete(c.known, other)
		}
	}
}

// Forget drops an object that we have deleted.
func (c *Contests) Forget(what Contested) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, what)
}

// SaidOfOthers says who else writes an object. Where no other field manager has it, one of our name does, or
// somebody who deletes it.
func SaidOfOthers(what Contested, others []string) string {
	who := cmp.Or(strings.Join(others, ", "), "somebody who deletes it, or another installation of this controller under the same name,")
	return fmt.Sprintf("%s %s: %s writes what this controller writes, over and over; it is written again after ever longer pauses, up to %s: let only one of them write it",
		what.Kind, what.Name, who, longestPause)
}
