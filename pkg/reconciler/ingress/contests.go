// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// What somebody else has changed is written again at once. Where that happens over and over, as with
// a tool that keeps to a file of its own or a second installation of ours, it is written after a pause
// that doubles each time, so that no two write without end; and from the third time on it is said who
// else writes. Twice the pause and the quiet without such a change begin it anew.
const (
	firstPause, longestPause = time.Second, 5 * time.Minute
	quiet                    = 10 * time.Second
	saidFrom                 = 3
)

// contests remember what was written lately, to tell what others have changed since from what is
// wanted in another way now. They are a cache: a new leader writes at once again.
type contests struct {
	mu    sync.Mutex
	known map[contested]*contest
	swept time.Time
}

// contested is an object, or part of one.
type contested struct {
	kind string
	name types.NamespacedName
}

// contender is who wants to write: for which object, in which generation of it, and when. What is
// written for another object, or for a new generation, waits for nothing.
type contender struct {
	owner      types.UID
	generation int64
	now        time.Time
}

// contest is what was last written, when, and how often in a row others had changed it.
type contest struct {
	contender
	wrote apply.Digest
	times int
}

func newContests() *contests { return &contests{known: map[contested]*contest{}} }

// backoff is how long a write has to wait, and how often in a row others will then have changed what was
// written before. Changed tells that they have since the last time.
type backoff struct {
	wait    time.Duration
	times   int
	changed bool
}

// said tells that others have changed it often enough to say so.
func (b backoff) said() bool { return b.wait == 0 && b.changed && b.times >= saidFrom }

func (c *contests) due(what contested, by contender, changed func(wrote apply.Digest) bool) backoff {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.known[what]
	if known == nil || known.owner != by.owner {
		return backoff{}
	}
	since, pause := by.now.Sub(known.now), pauseOf(known.times)
	switch {
	case since > 2*pause+quiet:
		return backoff{}
	case !changed(known.wrote):
		return backoff{times: known.times}
	case known.generation == by.generation && since < pause:
		return backoff{wait: pause - since}
	}
	return backoff{times: known.times + 1, changed: true}
}

func pauseOf(times int) time.Duration {
	pause := time.Duration(0)
	for range times {
		pause = min(max(2*pause, firstPause), longestPause)
	}
	return pause
}

// wrote remembers a write, before which others had so often changed it.
func (c *contests) wrote(what contested, by contender, digest apply.Digest, times int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known[what] = &contest{contender: by, wrote: digest, times: times}
	if by.now.Sub(c.swept) < quiet {
		return
	}
	c.swept = by.now
	for other, known := range c.known {
		if by.now.Sub(known.now) > 2*pauseOf(known.times)+quiet {
			delete(c.known, other)
		}
	}
}

// forget drops an object that we have deleted.
func (c *contests) forget(what contested) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, what)
}
