// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"cmp"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/metrics"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// withoutFeature is the name of what no Gateway API feature exists for.
const withoutFeature = "none"

// countGaps counts what a KIngress asks for and its Gateways lack.
func (r *Reconciler) countGaps(seen *observe.Observation, desired translate.Desired) {
	lacked := map[metrics.Entry][]string{}
	for _, visibility := range config.Visibilities {
		if !seen.Needs(visibility) || !seen.Sides[visibility].Serves() {
			continue
		}
		at := metrics.Entry{Gateway: seen.Sides[visibility].Entry.Gateway, Visibility: visibility}
		for _, gap := range seen.GapsAt(visibility, desired.Gaps) {
			lacked[at] = append(lacked[at], cmp.Or(string(gap.Feature), withoutFeature))
		}
	}
	r.metrics.Lacks(seen.Ingress.UID, lacked)
}
