// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// full is a Registry of fifty Gateways with all series that they can have.
func full() (*Registry, []string) {
	names := []string{}
	for i := range 50 {
		names = append(names, fmt.Sprintf("gateway-%d-of-fifty", i))
	}
	r, _ := configured(names...)
	for _, name := range names {
		fill(r, name)
	}
	return r, names
}

// zipped is how many bytes a scrape sends, as Prometheus asks for it.
func zipped(by http.Handler) int {
	recorder, request := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/metrics", nil)
	request.Header.Set("Accept-Encoding", "gzip")
	by.ServeHTTP(recorder, request)
	return recorder.Body.Len()
}

// maxPerEntry is the most series that an entry of config-gateway has.
const maxPerEntry = 40

// B-OPS-6: an entry has at most 40 series, whatever happens there; 50 of them fit into 100 KiB.
func TestCardinality(t *testing.T) {
	r, names := full()
	text, by := scraped(t, r)(), exporter(t, r)
	sent := zipped(by)
	for _, name := range names {
		if found := seriesOf(text, `"`+name+`"`); len(found) > maxPerEntry || len(found) < maxPerEntry-5 {
			t.Errorf("%s has %d series", name, len(found))
		}
	}
	t.Logf("%d series, %d bytes, %d of them zipped", len(seriesOf(text)), len(text), sent)
	if sent > 100<<10 || sent < 1<<10 {
		t.Errorf("%d bytes are sent", sent)
	}
}

// BenchmarkScrape: B-OPS-6, a scrape of fifty Gateways with all series that they can have takes less than 50 ms.
func BenchmarkScrape(b *testing.B) {
	r, names := full()
	by, sent := exporter(b, r), 0
	for b.Loop() {
		sent = zipped(by)
	}
	b.ReportMetric(float64(sent)/1024, "KiB")
	b.ReportMetric(float64(len(seriesOf(scraped(b, r)(), `"`+names[0]+`"`))), "series/gateway")
}

// B-OPS-6: series are only for Gateways that config-gateway names, and go with the entry.
func TestEntriesThatGo(t *testing.T) {
	r, cfg := configured("blue", "green")
	scrape := scraped(t, r)
	for i := range 1000 {
		fill(r, fmt.Sprint("not-named-", i))
	}
	fill(r, "blue")
	fill(r, "green")
	if found := seriesOf(scrape(), "not-named"); len(found) > 0 {
		t.Errorf("%d series of Gateways that no entry names, such as %s", len(found), found[0])
	}
	cfg.External = cfg.External[:1]
	if found := seriesOf(scrape(), `"green"`); len(found) > 0 {
		t.Errorf("%d series of an entry that is gone, such as %s", len(found), found[0])
	}
	cfg.External = append(cfg.External, config.Entry{Visibility: external, Gateway: gatewayNamed("green")})
	if found := seriesOf(scrape(), "_bucket", `"green"`); len(found) > 0 {
		t.Errorf("Counts of before are there again: %s", found[0])
	}
	if found := seriesOf(scrape(), `"blue"`); len(found) < 30 {
		t.Errorf("The other entry has %d series", len(found))
	}
}

// B-OPS-6: names that no Kubernetes object has come back from a scrape as they are, and spoil nothing of it.
func TestHostileNames(t *testing.T) {
	names := []string{`a"quoted\`, "two\nlines", strings.Repeat("x", 253), "\xff\xfe", "", "{}"}
	r, cfg := configured(names...)
	for i, name := range names {
		fill(r, name)
		cfg.Local = append(cfg.Local, config.Entry{Visibility: local, Index: i, Gateway: gatewayNamed(fmt.Sprint("local-", i))})
		at := Entry{cfg.Local[i].Gateway, local}
		r.Gateways(map[Entry]Gateway{at: {Class: name, Exists: true}})
		r.Stands(types.UID(name), []status.Standing{{Gateway: at.Gateway, Visibility: local, State: status.StandingFailed, Reason: name}})
		r.Lacks(types.UID(name), map[Entry][]string{at: {name}})
		for _, label := range []string{LabelGatewayName, "gateway_class", "reason", "feature"} {
			want := strings.ToValidUTF8(name, "?")
			if values := valuesOf(t, scraped(t, r)(), label); !slices.Contains(values, want) {
				t.Errorf("The label %s is never %q but %q", label, want, values)
			}
		}
	}
}

// valuesOf parses a scrape as Prometheus does, and returns the values of a label.
func valuesOf(t *testing.T, text, label string) (found []string) {
	t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			for _, pair := range metric.GetLabel() {
				if pair.GetName() == label {
					found = append(found, pair.GetValue())
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
