// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"sigs.k8s.io/gateway-api/pkg/consts"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/version"
)

// sample is the value of one series.
type sample struct {
	of Definition
	// series is the part of a histogram; empty for others.
	series string
	labels []string
	value  float64
}

func (d Definition) is(value float64, labels ...string) sample {
	return sample{of: d, labels: labels, value: value}
}

// part is a series of a histogram. Only its buckets have the last label.
func (d Definition) part(series string, value float64, labels ...string) sample {
	return sample{of: d, series: series, labels: labels, value: value}
}

// configStates are the values of the label state of config-gateway.
var configStates = []string{"unconfigured", "configured", "kept", "refused"}

// samples are all series, as they are now.
func (r *Registry) samples() (found []sample) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found = append(found, buildInfo.is(1, version.Release(), version.Commit(), consts.BundleVersion))
	for what, count := range r.written {
		found = append(found, what.sample(count))
	}
	if r.config == nil {
		return found
	}
	state := r.config()
	for _, name := range configStates {
		found = append(found, configState.is(number(name == StateName(state)), name))
	}
	for controller, led := range r.leads {
		found = append(found, leader.is(float64(len(led)), controller))
	}
	known := r.prune(state.Config)
	listed := map[string]bool{}
	for at, gateway := range r.gateways {
		found = append(found, gateway.samples(at)...)
		if name := at.Gateway.String(); !listed[name] {
			listed[name] = true
			found = append(found, gateway.listeners(at)...)
		}
	}
	for at, beat := range r.beats {
		found = append(found, beat.samples(at)...)
	}
	for at, counts := range r.presented {
		for _, problem := range certificateProblems {
			found = append(found, certificates.is(float64(counts[problem]), at.labels(string(problem))...))
		}
	}
	for at, durations := range r.durations {
		found = append(found, durations.samples(at)...)
	}
	for gateway, of := range r.probed {
		found = append(found, of.samples(gateway)...)
	}
	return append(found, r.ingressSamples(known)...)
}

// StateName is the state of config-gateway in one word.
func StateName(state config.State) string {
	switch {
	case state.Problem != nil:
		return "refused"
	case len(state.Missing) > 0:
		return "kept"
	case state.Configured:
		return "configured"
	}
	return "unconfigured"
}
