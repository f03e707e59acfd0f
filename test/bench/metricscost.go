// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"slices"
	"time"
)

var rounds = flag.Int("rounds", 3, "for metrics: how often each of the two is measured, in turn; three take a quarter of an hour, so -limit 40m")

const (
	observability = "config-observability"
	protocolKey   = "metrics-protocol"
	// meteredBurst is the size of its bursts.
	meteredBurst = 100
	// scrapeEvery is six times as often as the shipped ServiceMonitor has it.
	scrapeEvery = 5 * time.Second
	// memoryLooks are how often the memory is looked at while the controller rests, a second apart.
	memoryLooks = 30
)

// metered is what was measured with one metrics-protocol.
type metered struct {
	burst, memory []float64 // of each round, in seconds and MiB
	rollouts      []float64 // of all rounds, in seconds
	answers       tally
}

// metricsCost measures what metrics cost: B-OPS-6. With `prometheus` all replicas are scraped meanwhile.
func metricsCost(ctx context.Context, c clients) ([]figure, error) {
	if *rounds < 1 {
		return nil, fmt.Errorf("-rounds: %d", *rounds)
	}
	restore, err := c.configure(ctx, observability, protocolKey, "none")
	if err != nil {
		return nil, err
	}
	defer func() {
		restore()
		ctx, cancel := context.WithTimeout(context.Background(), within)
		defer cancel()
		if err := c.replaceReplicas(ctx); err != nil {
			log.Printf("metrics: with the configuration from before: %v", err)
		}
	}()
	none, prometheus, scrapes := metered{}, metered{}, []scrape{}
	inTurn := []func() error{
		func() error { return none.measure(ctx, c, "none", func(context.Context) error { return nil }) },
		func() error {
			return prometheus.measure(ctx, c, "prometheus", func(ctx context.Context) error { return c.scrapeAll(ctx, &scrapes) })
		},
	}
	for round := range *rounds {
		for _, measure := range inTurn {
			if err := measure(); err != nil {
				return nil, fmt.Errorf("round %d: %w", round+1, err)
			}
		}
		slices.Reverse(inTurn)
	}
	figures, err := costs(none, prometheus, scrapes)
	if err != nil {
		return figures, err
	}
	if err := c.export(ctx, "prometheus"); err != nil {
		return figures, err
	}
	fifty, err := fiftyGateways(ctx, c)
	return append(figures, fifty...), err
}

// export lets replicas that have just started export by that protocol, which they read when they start.
func (c clients) export(ctx context.Context, protocol string) error {
	if err := c.setKey(ctx, observability, protocolKey, protocol); err != nil {
		return err
	}
	return c.replaceReplicas(ctx)
}

// measure takes one round: replicas that have just started, a burst, their memory, and rollouts.
func (m *metered) measure(ctx context.Context, c clients, protocol string, meanwhile func(context.Context) error) error {
	log.Printf("%s: %s", protocolKey, protocol)
	if err := c.export(ctx, protocol); err != nil {
		return err
	}
	if _, err := burstOnce(ctx, c, warmUp, nil); err != nil {
		return fmt.Errorf("warm-up: %w", err)
	}
	during, stop := context.WithCancel(ctx)
	scraping := make(chan error, 1)
	go func() { scraping <- meanwhile(during) }()
	err := m.round(ctx, c)
	stop()
	return errors.Join(err, <-scraping)
}

func (m *metered) round(ctx context.Context, c clients) error {
	took, err := burstOnce(ctx, c, meteredBurst, func(p *place) error {
		memory, err := p.restingMemory(ctx)
		m.memory = append(m.memory, memory)
		return err
	})
	if err != nil {
		return err
	}
	m.burst = append(m.burst, took.Seconds())
	ours, _, _, err := rollBoth(ctx, c)
	if err != nil {
		return err
	}
	m.rollouts, m.answers = append(m.rollouts, ours.fromRevision...), m.answers.plus(ours.answers)
	return nil
}

// burstOnce creates KIngresses at once and tells how long it took until all were Ready; then something is done while they
// are there.
func burstOnce(ctx context.Context, c clients, size int, then func(*place) error) (time.Duration, error) {
	p, err := newBackedPlace(ctx, c, "burst")
	if err != nil {
		return 0, err
	}
	defer p.remove()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	observed, began := p.observe(ctx), time.Now()
	if err := create(ctx, size, p.ingress); err != nil {
		return 0, err
	}
	ready, err := observed.awaitReady(ctx, size)
	if err == nil && then != nil {
		err = then(p)
	}
	return ready.Sub(began), err
}

// restingMemory is the median of the leader's resident memory over a while, in MiB: it goes up and down with garbage
// collections.
func (p *place) restingMemory(ctx context.Context) (float64, error) {
	if err := atRest(ctx, p.clients); err != nil {
		return 0, err
	}
	pod, _, err := p.leader(ctx)
	if err != nil {
		return 0, err
	}
	process, err := processOf(pod)
	if err != nil {
		return 0, err
	}
	seen := []float64{}
	for range memoryLooks {
		if err := pause(ctx, time.Second); err != nil {
			return 0, err
		}
		resident, _, err := residentKiB(process)
		if err != nil {
			return 0, err
		}
		seen = append(seen, float64(resident)/1024)
	}
	return median(seen), nil
}

// costs are the figures of all rounds, with metrics beside without.
func costs(none, prometheus metered, scrapes []scrape) ([]figure, error) {
	if len(scrapes) == 0 {
		return nil, errors.New("not one scrape succeeded: nothing was measured")
	}
	took := []float64{}
	for _, one := range scrapes {
		took = append(took, one.took.Seconds()*1000)
	}
	of := func(values []float64) string { return fmt.Sprintf("median of %d; bare: without metrics", len(values)) }
	name := fmt.Sprintf("metrics, scraped every %s: ", scrapeEvery)
	return []figure{
		seconds(name+fmt.Sprintf("burst of %d KIngresses all Ready, ", meteredBurst)+of(none.burst), median(prometheus.burst), "unchanged").beside(median(none.burst)),
		seconds(name+"Revision Ready until all traffic is on it, "+of(none.rollouts), median(prometheus.rollouts), "unchanged").beside(median(none.rollouts)),
		seconds(name+"of these the slowest; bare: without metrics", slices.Max(prometheus.rollouts), "").beside(slices.Max(none.rollouts)),
		count(name+"requests that failed in rollouts; bare: without metrics", prometheus.answers.refused+prometheus.answers.lost, "requests", "0").
			beside(float64(none.answers.refused + none.answers.lost)),
		figure{Name: name + fmt.Sprintf("resident memory of the leader with %d KIngresses, ", meteredBurst) + of(none.memory), Ours: median(prometheus.memory), Unit: "MiB", Target: "8 MiB more"}.
			beside(median(none.memory)),
		{Name: fmt.Sprintf("a scrape of a replica meanwhile, median of %d", len(took)), Ours: median(took), Unit: "ms", Target: "50"},
	}, nil
}
