// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// writers is how many writes are under way at a time, and waiters how many answers
	// are waited for, in the plugin's run and in the bare one alike.
	writers = 16
	waiters = 8
	// warmUp is the size of the burst that comes first and is not measured, so that
	// no run meets Gateways that have never served anything.
	warmUp = 10
	// memoryAt is the burst with which the controller's memory is looked at.
	memoryAt = 100
)

// bursts creates KIngresses at once, in each of the sizes.
func bursts(ctx context.Context, c clients) ([]figure, error) {
	wanted, err := sizes("-bursts", *burstSizes, 1)
	if err != nil {
		return nil, err
	}
	if _, err := burst(ctx, c, warmUp); err != nil {
		return nil, fmt.Errorf("warm-up: %w", err)
	}
	figures := []figure{}
	for _, size := range wanted {
		measured, err := burst(ctx, c, size)
		figures = append(figures, measured...)
		if err != nil {
			return figures, fmt.Errorf("%d KIngresses: %w", size, err)
		}
	}
	return figures, nil
}

// sizes reads the numbers of KIngresses of a flag.
func sizes(name, list string, least int) ([]int, error) {
	found := []int{}
	for _, text := range strings.Split(list, ",") {
		size, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || size < least {
			return nil, fmt.Errorf("%s: %q is not a number of KIngresses", name, text)
		}
		found = append(found, size)
	}
	return found, nil
}

// burst creates services at once: first a bare client's, until all of them answer, with the
// HTTPRoutes of the plugin and with the smallest ones; then, in a namespace of their own and
// after the others are gone, those of KIngresses, until all are Ready. No client asks these
// beside the controller, which has the data planes to prove as the bare client has; but each
// of them must answer at the first try when all are Ready.
func burst(ctx context.Context, c clients, size int) ([]figure, error) {
	bare, err := bareBurst(ctx, c, size, (*place).sameRoutes)
	if err != nil {
		return nil, fmt.Errorf("bare client: %w", err)
	}
	least, err := bareBurst(ctx, c, size, (*place).smallestRoutes)
	if err != nil {
		return nil, fmt.Errorf("bare client, smallest routes: %w", err)
	}
	place, err := newBackedPlace(ctx, c, "burst")
	if err != nil {
		return nil, err
	}
	defer place.remove()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	before, err := writes(ctx, c)
	if err != nil {
		return nil, err
	}
	observed, began := place.observe(ctx), time.Now()
	if err := create(ctx, size, place.ingress); err != nil {
		return nil, err
	}
	allReady, err := observed.awaitReady(ctx, size)
	if err != nil {
		return nil, err
	}
	silent := place.silent(ctx, size)
	after, err := writes(ctx, c)
	if err != nil {
		return nil, err
	}
	wrote := after.minus(before)
	figures, err := place.afterBurst(ctx, size)
	name := fmt.Sprintf("burst of %d KIngresses: ", size)
	return append([]figure{
		seconds(name+"all Ready; bare: the same HTTPRoutes, all answer on both hosts", allReady.Sub(began).Seconds(), "1.3 x").beside(bare.Seconds()),
		seconds(name+"all Ready; bare: HTTPRoutes of one rule without filters", allReady.Sub(began).Seconds(), "").beside(least.Seconds()),
		count(name+"hosts that do not answer at the first try then", silent, "hosts", "0"),
		figure{Name: name + "API writes a KIngress, HTTPRoutes", Ours: float64(wrote.routes) / float64(size), Unit: "writes", Target: "2"}.beside(2),
		figure{Name: name + "API writes a KIngress, status", Ours: float64(wrote.status) / float64(size), Unit: "writes", Target: "1"}.beside(1),
	}, figures...), err
}

// afterBurst looks at the controller while the KIngresses are there.
func (p *place) afterBurst(ctx context.Context, size int) ([]figure, error) {
	again, err := p.resync(ctx, size)
	if err != nil || size != memoryAt {
		return []figure{again}, err
	}
	memory, err := p.memory(ctx, size)
	return append([]figure{again}, memory...), err
}

// bareBurst leaves the Gateways as it found them.
func bareBurst(ctx context.Context, c clients, size int, routes routesFor) (time.Duration, error) {
	place, err := newBackedPlace(ctx, c, "bare")
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err = create(ctx, size, func(ctx context.Context, name string) error {
		return place.bare(ctx, name, routes)
	}); err == nil {
		err = place.answered(ctx, size)
	}
	took := time.Since(began)
	place.remove()
	if err != nil {
		return 0, err
	}
	for i := range size {
		if err := place.awaitGone(ctx, serviceName(i)); err != nil {
			return 0, err
		}
	}
	return took, nil
}

// create creates size services by make.
func create(ctx context.Context, size int, make func(context.Context, string) error) error {
	return createFrom(ctx, 0, size, make)
}

// createFrom creates those that are missing where some are there.
func createFrom(ctx context.Context, there, size int, make func(context.Context, string) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for i := there; i < size; i++ {
		group.Go(func() error { return make(ctx, serviceName(i)) })
	}
	return group.Wait()
}

// answered waits until both hosts of each service answer.
func (p *place) answered(ctx context.Context, size int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(waiters)
	for _, asked := range p.hosts(size) {
		group.Go(func() error { _, err := asked.until(ctx); return err })
	}
	return group.Wait()
}

// silent counts the hosts that do not answer at the first try.
func (p *place) silent(ctx context.Context, size int) int {
	silent := atomic.Int64{}
	group := errgroup.Group{}
	group.SetLimit(waiters)
	for _, asked := range p.hosts(size) {
		group.Go(func() error {
			if err := asked.once(ctx); err != nil {
				silent.Add(1)
				log.Printf("Ready, but %s: %v", asked.host, err)
			}
			return nil
		})
	}
	_ = group.Wait() // they are counted
	return int(silent.Load())
}

func (p *place) hosts(size int) []request {
	found := []request{}
	for i := range size {
		found = append(found, p.externally(serviceName(i)), p.locally(serviceName(i)))
	}
	return found
}

func serviceName(i int) string { return fmt.Sprintf("service-%d", i) }

func (p *place) externally(name string) request {
	return request{address: p.external.address, host: p.externalHost(name)}
}

func (p *place) locally(name string) request {
	return request{address: p.local.address, host: p.localHosts(name)[2]}
}

// awaitGone returns when the Gateways no longer know the service.
func (p *place) awaitGone(ctx context.Context, name string) error {
	for _, asked := range []request{p.externally(name), p.locally(name)} {
		asked.code = http.StatusNotFound
		if _, err := asked.until(ctx); err != nil {
			return err
		}
	}
	return nil
}
