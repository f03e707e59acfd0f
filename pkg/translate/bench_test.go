// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/net-gateways/net-gateways/pkg/translate"
)

// BenchmarkTranslate: B-OPS-1, a service as Serving writes it.
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
	in, _ := decoded.input(decoded.observed)
	if desired, err := translate.Ingress(in); err != nil || len(desired.Routes) != 2 {
		b.Fatalf("A benchmark of something else: %d routes, %v", len(desired.Routes), err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := translate.Ingress(in); err != nil {
			b.Fatal(err)
		}
	}
}
