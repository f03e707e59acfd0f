// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

var soakFor = flag.Duration("soak-for", 30*time.Minute, "for soak: how long all of it goes on")

// What a soak does in half an hour; in less time it does less, at the same pace.
const (
	soakMinutes   = 30
	soakServices  = 640 // created, Ready, deleted
	soakRollouts  = 640
	soakMoves     = 110
	soakRotations = 22
	soakKills     = 20
	// soakRate is that of the requests to the service that is rolled out, which go on all the time.
	soakRate = 50
	// killing is the part of the time in which leaders are killed. The rest belongs to one leader, whose memory is watched.
	killing = 1.0 / 3
)

// soak keeps the controller busy for long. In the first third of the time its leaders are killed; in the rest one leader
// must neither grow nor keep anything, and at the end no object may be left.
func soak(ctx context.Context, c clients) ([]figure, error) {
	restore, err := c.configure(ctx, "config-gateway", "drain-time", drain.String())
	if err != nil {
		return nil, err
	}
	defer restore()
	restore, err = c.electSoon(ctx)
	defer restore()
	if err != nil {
		return nil, err
	}
	p, err := newBackedPlace(ctx, c, "soak")
	if err != nil {
		return nil, err
	}
	defer p.remove()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := p.prepareSoak(ctx)
	if err != nil {
		return nil, err
	}
	load := startLoad(p.external.address, p.externalHost(rolling), soakRate)
	stopped := false
	defer func() {
		if !stopped {
			load.end()
		}
	}()
	length := time.Duration(float64(*soakFor) * killing)
	if err := s.churn(ctx, length, s.killLeaders); err != nil {
		return nil, err
	}
	grown, err := s.watched(ctx, *soakFor-length)
	if err != nil {
		return nil, err
	}
	answers := load.stop()
	stopped = true
	left, err := s.clean(ctx)
	flips, _ := s.observed.seen("")
	name := fmt.Sprintf("soak of %s: ", *soakFor)
	return append(s.done.figures(name), append(grown.figures(name),
		count(name+"requests to the service that is rolled out", answers.requests, "requests", ""),
		count(name+"answers other than 2xx, and connection errors", answers.refused+answers.lost, "requests", "0"),
		count(name+"changes from Ready to not Ready at an unchanged generation", flips, "flips", "0"),
		count(name+"objects of ours that are left", left, "objects", "0"),
	)...), errors.Join(err, answers.check("soak"))
}

// churn does all that a soak does, and something more, for a while.
func (s *soaking) churn(ctx context.Context, length time.Duration, more func(context.Context) error) error {
	during, end := context.WithTimeout(ctx, length)
	defer end()
	group, during := errgroup.WithContext(during)
	for _, act := range []struct {
		wanted int
		once   func(context.Context, int) error
	}{
		{soakServices, s.service}, {soakRollouts, s.rollout}, {soakMoves, s.move}, {soakRotations, s.rotate},
	} {
		group.Go(func() error { return repeat(ctx, during, soakMinutes*time.Minute/time.Duration(act.wanted), act.once) })
	}
	group.Go(func() error { return more(during) })
	return group.Wait()
}

// repeat begins something again and again until the time is over, and lets the last one end.
func repeat(ctx, during context.Context, every time.Duration, once func(context.Context, int) error) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for number := 0; ; number++ {
		select {
		case <-during.Done():
			if errors.Is(during.Err(), context.DeadlineExceeded) {
				return nil
			}
			return during.Err()
		case <-ticker.C:
		}
		if err := once(ctx, number); err != nil {
			return err
		}
	}
}
