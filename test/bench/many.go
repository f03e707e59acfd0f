// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"strings"
	"time"
)

var manyFor = flag.Duration("many-for", 30*time.Minute, "for many: how long the KIngresses may take to be Ready; then the memory is measured all the same,\nand how many are")

var padding = flag.Int("padding", 0, "for many: KiB of an annotation of others on each KIngress and on its Service, 250 at most")

const (
	// manyTold is how often many tells how far it is.
	manyTold = time.Minute
	// manyTarget is what the project promises.
	manyTarget = "80 MiB with 1,000, 200 MiB with 3,000"
)

// many measures the memory of the controller with many KIngresses that are served for real: while they get Ready, at rest,
// and of replicas that start when all of them are there.
func many(ctx context.Context, c clients) ([]figure, error) {
	if err := c.replaceReplicas(ctx); err != nil { // so that the most that they had is of these KIngresses
		return nil, err
	}
	p, err := newBackedPlace(ctx, c, "many")
	if err != nil {
		return nil, err
	}
	defer p.remove()
	p.padding = strings.Repeat("0123456789abcdef", *padding<<10/16)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	before, err := writes(ctx, c)
	if err != nil {
		return nil, err
	}
	observed, began := p.observe(ctx), time.Now()
	if err := create(ctx, *crowd, p.ingress); err != nil {
		return nil, err
	}
	created := time.Since(began)
	ready, took, err := observed.asManyAs(ctx, *crowd, began)
	if err != nil {
		return nil, err
	}
	after, err := writes(ctx, c)
	if err != nil {
		return nil, err
	}
	if after.minus(before).routes < *crowd {
		return nil, fmt.Errorf("%d HTTPRoutes were written for %d KIngresses: nothing was measured", after.minus(before).routes, *crowd)
	}
	name := fmt.Sprintf("%d KIngresses, %d of them Ready: ", *crowd, ready)
	if *padding > 0 {
		name = fmt.Sprintf("%d KIngresses with %d KiB of annotations, as their Services, %d of them Ready: ", *crowd, *padding, ready)
	}
	figures := []figure{
		seconds(name+"created", created.Seconds(), ""), seconds(name+"the last one Ready", took.Seconds(), ""),
		count(name+"HTTPRoutes written", after.minus(before).routes, "writes", fmt.Sprint(2**crowd)),
	}
	if err := pause(ctx, idle); err != nil {
		return figures, err
	}
	measured, err := p.footprints(ctx, name)
	if figures = append(figures, measured...); err != nil {
		return figures, err
	}
	if err := c.replaceReplicas(ctx); err != nil {
		return figures, err
	}
	if err := pause(ctx, idle); err != nil {
		return figures, err
	}
	measured, err = p.footprints(ctx, name+"replicas that have just started: ")
	return append(figures, measured...), err
}

// asManyAs waits until that many KIngresses are Ready, or as long as manyFor since they began to be created, and returns how
// many are and how long the last of them took.
func (o *observer) asManyAs(ctx context.Context, size int, began time.Time) (ready int, took time.Duration, err error) {
	since, deadline := began, began.Add(*manyFor)
	for {
		waiting, cancel := context.WithDeadline(ctx, earlier(time.Now().Add(manyTold), deadline))
		at, err := o.awaitReady(waiting, size)
		cancel()
		if err == nil {
			return size, at.Sub(began), nil
		}
		if ctx.Err() != nil {
			return 0, 0, err
		}
		if now := o.ready(); now != ready {
			ready, since = now, time.Now()
		}
		log.Printf("%d of %d are Ready after %s", ready, size, time.Since(began).Round(time.Second))
		if time.Now().After(deadline) {
			return ready, since.Sub(began), nil
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// footprints are the memory of the leader, and of the replicas that stand by.
func (p *place) footprints(ctx context.Context, name string) ([]figure, error) {
	leader, _, err := p.leader(ctx)
	if err != nil {
		return nil, err
	}
	replicas, err := p.replicas(ctx)
	if err != nil {
		return nil, err
	}
	figures := []figure{}
	for _, pod := range replicas {
		process, err := processOf(pod)
		if err != nil {
			return nil, err
		}
		resident, anonymous, err := residentKiB(process)
		if err != nil {
			return nil, err
		}
		most, err := mostResidentKiB(process)
		if err != nil {
			return nil, err
		}
		role, target := "the replica that stands by: ", ""
		if pod == leader {
			role, target = "the leader: ", manyTarget
		}
		mib := func(what string, kib int, target string) figure {
			return figure{Name: name + role + what, Ours: float64(kib) / 1024, Unit: "MiB", Target: target}
		}
		figures = append(figures, mib("resident memory at rest", resident, target), mib("of that anonymous", anonymous, ""), mib("the most resident memory since it started", most, ""))
	}
	return figures, nil
}
