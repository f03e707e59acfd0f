// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// measurement is one part of the report. It fails when it measured nothing; a figure
// that misses its target is no failure.
type measurement struct {
	name, what string
	run        func(context.Context, clients) ([]figure, error)
	// long tells that it is taken only where -only names it.
	long bool
}

var (
	burstSizes     = flag.String("bursts", "100,300,1000", "for bursts: comma-separated numbers of KIngresses to create at once")
	drain          = flag.Duration("drain", 5*time.Second, "for moves: drain-time in config-gateway meanwhile; 0 leaves it as it is,\nand the old address is asked until the new one is published")
	rate           = flag.Int("rate", 500, "for rollouts, tags and moves: requests a second, for moves at each of the two addresses")
	crowd          = flag.Int("crowd", 1000, "for neighbours, overlaps, commandline and many: how many KIngresses are Ready meanwhile")
	attachedRoutes = flag.Int("attached", 300, "for paths: how many HTTPRoutes are attached to one DomainMapping")
	fleetSizes     = flag.String("fleets", "100,300", "for proxies: comma-separated numbers of KIngresses to create at once")
	upgradeWith    = flag.String("upgrade-with", "", "for upgrade: a shell command that installs a version over the one that runs,\nsuch as hack/install in a checkout; without it upgrade is not measured")
	onlyJSON       = flag.Bool("json", false, "print JSON only, without the table")
	limit          = flag.Duration("limit", 20*time.Minute, "how long one measurement may take")
	only           = flag.String("only", "", "comma-separated names of the measurements to take; all by default, but those that say \"only where -only names it\"")
)

var measurements = []measurement{
	{"way", "memory and CPU of controller, webhook, control plane of the gateway and proxies, see -way, on a cluster that has served nothing yet", way, false},
	{"services", "how long a new Knative Service takes to be Ready after its Revision", service, false},
	{"rollouts", "ten rollouts of a Knative Service under load: failures, seconds until all traffic is on the new Revision, API writes", rollouts, false},
	{"moves", "ten moves of a Knative Service between two Gateways, under load on both: failures, seconds", moves, false},
	{"tags", "ten changes of a Knative Service's tags under load: failures", tags, false},
	{"tls", "300 hosts with a certificate each on one Gateway, five more, and five rotations of one under load: seconds, failures", certificates, false},
	{"bursts", "KIngresses created at once: seconds, API writes, and the controller's memory with them", bursts, false},
	{"proxies", "KIngresses created at once where each Gateway has ten proxies: seconds", proxies, false},
	{"ongateway", "60 TLS hosts created at once on a Gateway without ListenerSets: seconds", onGateway, false},
	{"many", "-crowd KIngresses created at once, see -many-for; only where -only names it, with -limit 1h: the controller's memory", many, true},
	{"metrics", "a burst of 100, ten rollouts and the controller's memory with metrics and without, see -rounds; a scrape with 50 Gateways; only where -only names it", metricsCost, true},
	{"neighbours", "one more KIngress beside many under one wildcard certificate, and beside a tenant who writes without end: seconds, CPU", neighbours, false},
	{"overlaps", "a listener that overlaps another of its Gateway appears and goes under load: failures, flips, seconds", overlaps, false},
	{"paths", "one more HTTPRoute at a DomainMapping to which many are attached, see -attached; the leader killed then; only where -only names it: seconds, API writes", paths, true},
	{"commandline", "kn gateways on a cluster with many Ready KIngresses: seconds, requests to the API server, size", commandLine, false},
	{"upgrade", "another version installed over this one, see -upgrade-with, with a hundred Ready KIngresses: flips, API writes", upgrade, false},
	{"restart", "the leader killed with a hundred Ready KIngresses: flips, API writes, seconds until a new one is Ready", restart, false},
	{"soak", "services, rollouts, moves, rotations and killed leaders for half an hour, see -soak-for; only where -only names it, with -limit 45m: memory, what is left", soak, true},
}

func main() {
	flag.Usage = usage
	flag.Parse()
	chosen, err := choose(*only)
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c, err := connect()
	if err != nil {
		log.Fatal(err)
	}
	figures, failed := []figure{}, 0
	for _, m := range chosen {
		log.Printf("== %s", m.name)
		ctx, cancel := context.WithTimeout(ctx, *limit)
		measured, err := m.run(ctx, c)
		cancel()
		figures = append(figures, measured...)
		if err != nil {
			log.Printf("%s: %v", m.name, err)
			failed = 1
		}
	}
	if err := report(os.Stdout, figures, *onlyJSON); err != nil {
		log.Fatal(err)
	}
	os.Exit(failed)
}

func usage() {
	out := flag.CommandLine.Output()
	fmt.Fprintln(out, "bench [flags]\n\nMeasurements:")
	for _, m := range measurements {
		fmt.Fprintf(out, "  %-10s %s\n", m.name, m.what)
	}
	fmt.Fprintln(out, "\nFlags:")
	flag.PrintDefaults()
}

func choose(names string) ([]measurement, error) {
	if names == "" {
		return slices.DeleteFunc(slices.Clone(measurements), func(m measurement) bool { return m.long }), nil
	}
	chosen := []measurement{}
	for _, name := range strings.Split(names, ",") {
		at := slices.IndexFunc(measurements, func(m measurement) bool { return m.name == strings.TrimSpace(name) })
		if at < 0 {
			return nil, fmt.Errorf("-only: there is no measurement %q", name)
		}
		chosen = append(chosen, measurements[at])
	}
	return chosen, nil
}
