// SPDX-License-Identifier: Apache-2.0

package prober

import "time"

// A try that has a connection and no answer after Options.Attempt is overdue. It counts as failed then, and gives its place to
// others. But a proxy that has too little CPU works on its request all the same, and would have to do so once more for the
// next try, which makes it later still. So an overdue try goes on, and an answer that comes late counts.
const (
	// overdueAttempts is after how many times Options.Attempt an overdue try is given up.
	overdueAttempts = 4
	// overdueLimit is how many overdue tries at an address go on.
	overdueLimit = perAddress
)

// goOn records that a try is overdue, and tells whether it may go on.
func (p *Prober) goOn(t *task, started time.Time) bool {
	p.mu.Lock()
	q, now := t.queue, time.Now()
	if t.dropped || p.ctx.Err() != nil || q.overdue >= overdueLimit {
		p.mu.Unlock()
		return false
	}
	p.leave(t)
	q.overdue++
	t.running, t.overdue = true, true
	p.learnAndRecord(t, noAnswer(p.opts.Attempt), started, now)
	owners := p.ownersToNotify()
	p.mu.Unlock()
	p.wakeSchedule()
	p.notifyAll(owners)
	return true
}
