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

// The controller repairs at once what another writer has changed, immediateRepairs times in a row. If the other goes on, as
// a tool that syncs a file or a second installation of this controller does, each further repair waits twice as long as the
// one before, so that the two do not write endlessly. From the reportFrom-th time on, an Event names the other writer. Twice
// the pause and resetAfter without such a change start this anew.
const (
	firstPause, longestPause = time.Second, 5 * time.Minute
	resetAfter               = 10 * time.Second
	reportFrom               = 3
	immediateRepairs         = 5
)

// ReasonContested is the reason of the Event that names the other writer.
const ReasonContested = "WrittenByOthers"

// Contests remember the last writes, to tell a change by another writer from a change of what is desired. They are a
// cache: a new leader starts without.
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

// Writer is the object for which a write is due, with its generation and the time. A write for another
// object, or for a new generation, need not wait.
type Writer struct {
	Owner      types.UID
	Generation int64
	Now        time.Time
}

// contest is the last write of an object, and how often in a row other writers had changed the one before.
type contest struct {
	Writer
	wrote Digest
	times int
}

// NewContests returns empty ones.
func NewContests() *Contests { return &Contests{known: map[Contested]*contest{}} }

// Backoff is how long a write has to wait, and how often in a row other writers have changed what was
// written. Changed tells that they have done so since the last write.
type Backoff struct {
	Wait    time.Duration
	Times   int
	Changed bool
}

// ShouldReport tells that other writers have changed it often enough to report them.
func (b Backoff) ShouldReport() bool { return b.Wait == 0 && b.Changed && b.Times >= reportFrom }

// Due tells whether a write may be done now. changed compares the present content with what was written
// last.
func (c *Contests) Due(what Contested, by Writer, changed func(wrote Digest) bool) Backoff {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.known[what]
	if known == nil || known.Owner != by.Owner {
		return Backoff{}
	}
	since, pause := by.Now.Sub(known.Now), pauseOf(known.times)
	switch {
	case since > 2*pause+resetAfter:
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
	for range times - immediateRepairs {
		pause = min(max(2*pause, firstPause), longestPause)
	}
	return pause
}

// Wrote remembers a write. times is how often in a row other writers had changed the object before.
func (c *Contests) Wrote(what Contested, by Writer, digest Digest, times int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known[what] = &contest{Writer: by, wrote: digest, times: times}
	if by.Now.Sub(c.swept) < resetAfter {
		return
	}
	c.swept = by.Now
	for other, known := range c.known {
		if by.Now.Sub(known.Now) > 2*pauseOf(known.times)+resetAfter {
			delete(c.known, other)
		}
	}
}

// Evict drops an object that the controller has deleted.
func (c *Contests) Evict(what Contested) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, what)
}

// ContestMessage is the message of the Event that names the other writers. If no other field manager owns the fields,
// another client deletes the object, or writes under the field manager of this controller.
func ContestMessage(what Contested, others []string) string {
	who := cmp.Or(strings.Join(others, ", "), "a client that deletes it, or another installation of this controller,")
	return fmt.Sprintf("%s %s: %s keeps changing what this controller writes; the controller restores it after pauses that grow to %s: let only one of them write it",
		what.Kind, what.Name, who, longestPause)
}
