// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// BenchmarkCheckProven is a reconciliation with nothing to do.
func BenchmarkCheckProven(b *testing.B) {
	for _, shape := range []struct{ owners, targets int }{{1, 1000}, {1000, 1}} {
		b.Run(fmt.Sprintf("%dx%d", shape.owners, shape.targets), func(b *testing.B) {
			w := watchAsking(b, Options{Rate: 1e6}, func(context.Context, question) outcome { return outcome{ok: true, code: 200} })
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
	const services, group, every = 300, 10, 100 * time.Millisecond
	for _, scheme := range []struct {
		name  string
		start func(*plane)
	}{{"http", plain}, {"https", secure}} {
		b.Run(scheme.name, func(b *testing.B) {
			var late []time.Duration
			var requests int
			cpu, wall := processor(), time.Now()
			for b.Loop() {
				p := newPlane(b, scheme.start)
				var mu sync.Mutex
				served := make([]time.Time, services)
				seen := make(chan time.Duration, services)
				ctx, cancel := context.WithCancel(context.Background())
				prober := New(ctx, Options{}, nil)
				prober.notify = func(o Owner) {
					if prober.Known(o).Proven() {
						mu.Lock()
						defer mu.Unlock()
						var i int
						_, _ = fmt.Sscanf(o.Name.Name, "h%d", &i)
						seen <- time.Since(served[i])
					}
				}
				for i := range services {
					target := p.target(fmt.Sprintf("h%d", i), "v1")
					owner := alice
					owner.Name.Name = target.Host
					prober.Check(owner, []Target{target})
				}
				tick := time.NewTicker(every)
				for i := 0; i < services; i += group {
					<-tick.C
					for j := i; j < i+group; j++ {
						mu.Lock()
						served[j] = time.Now()
						mu.Unlock()
						p.serve(fmt.Sprintf("h%d", j), "v1")
					}
				}
				tick.Stop()
				for range services {
					late = append(late, <-seen)
				}
				_, _, n := p.count()
				requests += n
				cancel()
				prober.Wait()
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

func processor() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
