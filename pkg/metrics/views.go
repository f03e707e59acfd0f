// SPDX-License-Identifier: Apache-2.0

package metrics

import sdkmetric "go.opentelemetry.io/otel/sdk/metric"

// Views are what to leave out of knative.dev/pkg's own metrics: its histogram of requests to the API server has a series
// for each path, so for each object.
func Views() []sdkmetric.View {
	return []sdkmetric.View{sdkmetric.NewView(
		sdkmetric.Instrument{Name: "http.client.request.duration"},
		sdkmetric.Stream{Aggregation: sdkmetric.AggregationDrop{}},
	)}
}
