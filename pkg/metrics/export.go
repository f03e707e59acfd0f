// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"context"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

const scope = "github.com/net-gateways/net-gateways"

// Export lets a provider read the Registry at each scrape.
func (r *Registry) Export(provider metric.MeterProvider) error {
	meter, instruments := provider.Meter(scope), map[string]metric.Float64Observable{}
	all := []metric.Observable{}
	for _, definition := range Definitions() {
		for _, series := range definition.series() {
			instrument, err := definition.instrument(meter, series)
			if err != nil {
				return fmt.Errorf("metric %s: %w", definition.Name, err)
			}
			instruments[definition.Name+series] = instrument
			all = append(all, instrument)
		}
	}
	_, err := meter.RegisterCallback(func(_ context.Context, observer metric.Observer) error {
		for _, sample := range r.samples() {
			observer.ObserveFloat64(instruments[sample.of.Name+sample.series], sample.value, metric.WithAttributeSet(sample.attributes()))
		}
		return nil
	}, all...)
	return err
}

func (d Definition) series() []string {
	if d.Kind == Histogram {
		return []string{"bucket", "sum", "count"}
	}
	return []string{""}
}

// instrument makes that of a series. Those of a histogram are sums that may fall, because the exporter would give those of
// a Counter a name that no query for histograms knows.
func (d Definition) instrument(meter metric.Meter, series string) (metric.Float64Observable, error) {
	switch d.Kind {
	case Histogram:
		return meter.Float64ObservableUpDownCounter(d.Name+"_seconds."+series, metric.WithDescription(d.Help))
	case Counter:
		return meter.Float64ObservableCounter(d.Name, metric.WithDescription(d.Help), metric.WithUnit(d.Unit))
	}
	return meter.Float64ObservableGauge(d.Name, metric.WithDescription(d.Help), metric.WithUnit(d.Unit))
}

func (s sample) attributes() attribute.Set {
	pairs := make([]attribute.KeyValue, len(s.labels))
	for i, value := range s.labels {
		pairs[i] = attribute.String(s.of.Labels[i], strings.ToValidUTF8(value, "?")) // a value that is not UTF-8 would spoil the whole scrape
	}
	return attribute.NewSet(pairs...)
}
