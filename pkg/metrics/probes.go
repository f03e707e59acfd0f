// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// outcomes are the values of the label outcome; the kinds of failures are merged to those that call for different action.
var outcomes = map[probe.Kind]string{
	"":                  "proven",
	probe.Unreachable:   "unreachable",
	probe.NoAnswer:      "unreachable",
	probe.Handshake:     "refused",
	probe.Credentials:   "refused",
	probe.NotServed:     "not_served",
	probe.BadStatus:     "bad_status",
	probe.FormerVersion: "other_version",
	probe.WrongHash:     "other_version",
}

// probed is what came of the probes of one Gateway.
type probed struct {
	attempts map[string]int64
	proven   time.Time
}

// Probe counts a try; it is for prober.Options.Observe.
func (r *Registry) Probe(result probe.Result) {
	outcome := outcomes[result.Kind]
	r.mu.Lock()
	defer r.mu.Unlock()
	of := r.probedAt(result.Gateway)
	of.attempts[outcome]++
	if result.State == probe.Proven {
		of.proven = r.clock()
	}
}

func (r *Registry) probedAt(gateway types.NamespacedName) *probed {
	if r.probed[gateway] == nil {
		r.probed[gateway] = &probed{attempts: map[string]int64{}}
	}
	return r.probed[gateway]
}

func (p *probed) samples(gateway types.NamespacedName) (found []sample) {
	for outcome, count := range p.attempts {
		found = append(found, probes.is(float64(count), gateway.Namespace, gateway.Name, outcome))
	}
	if !p.proven.IsZero() {
		found = append(found, lastProof.is(float64(p.proven.UnixMilli())/1000, gateway.Namespace, gateway.Name))
	}
	return found
}
