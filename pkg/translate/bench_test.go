// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// BenchmarkTranslate: B-OPS-1, a service as Serving writes it, new and with its routes as they are stored.
func BenchmarkTranslate(b *testing.B) {
	archive, err := txtar.ParseFile("testdata/behaviour/ksvc.txtar")
	if err != nil {
		b.Fatal(err)
	}
	found, err := sections(archive)
	if err != nil {
		b.Fatal(err)
	}
	decoded, err := decodeCase(found)
	if err != nil {
		b.Fatal(err)
	}
	seen, err := decoded.observe(decoded.observed)
	if err != nil {
		b.Fatal(err)
	}
	in := seen.Input()
	if desired := ingress(b, in); len(desired.Routes) != 2 {
		b.Fatalf("A benchmark of something else: %d routes", len(desired.Routes))
	}
	benchmark(b, in)
}

// BenchmarkLarge: B-TRN-11, the time for each part of a KIngress is the same however many it has.
func BenchmarkLarge(b *testing.B) {
	for _, shape := range shapes {
		for _, n := range []int{100, 1000, 4000} {
			b.Run(fmt.Sprintf("%s/%d", shape.name, n), func(b *testing.B) {
				benchmark(b, shape.of(n))
			})
		}
	}
}

func benchmark(b *testing.B, in input.Input) {
	for name, in := range map[string]input.Input{"new": in, "stored": withStored(in, ingress(b, in))} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			began := processor(b)
			for b.Loop() {
				if _, err := translate.Ingress(in); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(processor(b)-began)/float64(b.N), "cpu-ns/op")
		})
	}
}

// processor is the CPU time of the process: on a machine with other work it says more than the clock.
func processor(b *testing.B) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
