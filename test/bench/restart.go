// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"syscall"
)

const (
	restartSize = 100
	newcomer    = "newcomer"
)

// restart kills the leader's process while all KIngresses are Ready, creates one more,
// and counts what the next leader does until that is Ready, and a while after.
func restart(ctx context.Context, c clients) ([]figure, error) {
	p, err := newBackedPlace(ctx, c, "restart")
	if err != nil {
		return nil, err
	}
	defer p.remove()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	observed := p.observe(ctx)
	if err := create(ctx, restartSize, p.ingress); err != nil {
		return nil, err
	}
	if _, err := observed.awaitReady(ctx, restartSize); err != nil {
		return nil, err
	}
	name, took := fmt.Sprintf("leader killed with %d Ready KIngresses: ", restartSize), 0.0
	figures, err := p.changedBy(ctx, c, observed, name, func() (err error) {
		took, err = p.killLeader(ctx, observed)
		return err
	})
	if err != nil {
		return nil, err
	}
	return append(figures, seconds(name+"new leader until the new KIngress is Ready", took, "5 s")), nil
}

// changedBy counts what an event, in which one more KIngress gets Ready, changes about those that were Ready before, and what
// the controller writes besides what the new one needs.
func (p *place) changedBy(ctx context.Context, c clients, observed *observer, name string, event func() error) ([]figure, error) {
	before, err := writes(ctx, c)
	if err != nil {
		return nil, err
	}
	earlier, _ := observed.seen("")
	if err := event(); err != nil {
		return nil, err
	}
	if err := pause(ctx, observation); err != nil {
		return nil, err
	}
	after, err := writes(ctx, c)
	if err != nil {
		return nil, err
	}
	wrote := after.minus(before)
	flips, changes := observed.seen(newcomer)
	if wrote.routes < 2 || changes < 2 {
		return nil, fmt.Errorf("%d HTTPRoutes were written and the new KIngress changed %d times: nothing was counted", wrote.routes, changes)
	}
	return []figure{
		count(name+"changes from Ready to not Ready", flips-earlier, "flips", "0"),
		count(name+"API writes besides the new KIngress's two, HTTPRoutes", wrote.routes-2, "writes", "0"),
		count(name+"API writes besides the new KIngress's, status", wrote.status-(changes-1), "writes", "0"),
	}, nil
}

// killLeader tells the seconds from the next leader's lease until the newcomer, which
// was created without a leader, is Ready.
func (p *place) killLeader(ctx context.Context, observed *observer) (float64, error) {
	pod, identity, err := p.leader(ctx)
	if err != nil {
		return 0, err
	}
	process, err := processOf(pod)
	if err != nil {
		return 0, err
	}
	pid, err := strconv.Atoi(filepath.Base(process))
	if err != nil {
		return 0, err
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return 0, fmt.Errorf("kill the leader: %w", err)
	}
	if err := p.ingress(ctx, newcomer); err != nil {
		return 0, err
	}
	acquired, err := p.nextLeader(ctx, identity)
	if err != nil {
		return 0, err
	}
	ready, err := observed.awaitOne(ctx, newcomer)
	if err != nil {
		return 0, err
	}
	return ready.Sub(acquired).Seconds(), nil
}
