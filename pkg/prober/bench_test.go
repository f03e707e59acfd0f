// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// BenchmarkCheckProven is a reconciliation with nothing to do.
func BenchmarkCheckProven(b *testing.B) {
	for _, shape := range []struct{ owners, targets int }{{1, 1000}, {1000, 1}} {
		b.Run(fmt.Sprintf("%dx%d", shape.owners, shape.targets), func(b *testing.B) {
			w := watchAsking(b, Options{Rate: 1e6}, func(context.Context, request) outcome { return outcome{ok: true, code: 200} })
			owner := func(i int) Owner { o := alice; o.Name.Name = fmt.Sprint("o", i%shape.owners); return o }
			for i := range shape.owners {
				w.Check(owner(i), many("10.0.0.1:80", shape.targets))
			}
			w.until(b, "all proven", func() bool { return w.allProven(shape.owners, owner) })
			owners, again := make([]Owner, shape.owners), many("10.0.0.1:80", shape.targets) // rendered anew
			for i := range owners {
				owners[i] = owner(i)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if !w.Check(owners[i%len(owners)], again).Proven() {
					b.Fatal("not proven")
				}
			}
		})
	}
}

func (w *watch) allProven(owners int, owner func(int) Owner) bool {
	for i := range owners {
		if !w.Known(owner(i)).Proven() {
			return false
		}
	}
	return true
}

// BenchmarkBurst300 has 300 services begin to wait at one real address, which serves ten more of them
// every 100 ms, in order. It reports how late they are seen, the tries, and the processor time, that of the address included.
func BenchmarkBurst300(b *testing.B) {
	for _, scheme := range []struct {
		name  string
		start func(*plane)
	}{{"http", plain}, {"https", secure}} {
		b.Run(scheme.name, func(b *testing.B) {
			var late []time.Duration
			var requests int
			cpu, wall := processor(), time.Now()
			for b.Loop() {
				p := newPlane(b, onSockets(b, scheme.start))
				late = append(late, burst(p, 300, 10)...)
				_, _, n := p.count()
				requests += n
				p.Close()
			}
			slices.Sort(late)
			b.ReportMetric(float64(late[len(late)/2].Milliseconds()), "ms-late-median")
			b.ReportMetric(float64(late[len(late)*95/100].Milliseconds()), "ms-late-95th")
			b.ReportMetric(float64(late[len(late)-1].Milliseconds()), "ms-late-worst")
			b.ReportMetric(float64(requests)/time.Since(wall).Seconds(), "tries/s")
			b.ReportMetric(float64(processor()-cpu)/float64(time.Since(wall))*100, "%core")
		})
	}
}

// burst returns how late each of the services was reported, of which a group is served every 100 ms.
func burst(p *plane, services, group int) (late []time.Duration) {
	var mu sync.Mutex
	served := map[string]time.Time{}
	seen := make(chan time.Duration, services)
	ctx, cancel := context.WithCancel(context.Background())
	start := make(chan struct{})
	var prober *Prober
	prober = New(ctx, Options{}, func(o Owner) {
		<-start
		if prober.Known(o).Proven() {
			mu.Lock()
			defer mu.Unlock()
			seen <- time.Since(served[o.Name.Name])
		}
	})
	close(start)
	for i := range services {
		target := p.target(fmt.Sprintf("h%d", i), "v1")
		owner := alice
		owner.Name.Name = target.Host
		prober.Check(owner, []probe.Target{target})
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for i := range services {
		if i%group == 0 {
			<-tick.C
		}
		host := fmt.Sprintf("h%d", i)
		mu.Lock()
		served[host] = time.Now()
		mu.Unlock()
		p.serve(host, "v1")
	}
	for range services {
		late = append(late, <-seen)
	}
	cancel()
	prober.Wait()
	return late
}

func processor() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
