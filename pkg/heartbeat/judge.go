// SPDX-License-Identifier: Apache-2.0

package heartbeat

import (
	"cmp"
	"slices"

	"github.com/net-gateways/net-gateways/pkg/metrics"
	"github.com/net-gateways/net-gateways/pkg/probe"
)

// answers are what came of asking all that an entry's Gateway offers.
type answers struct {
	dataPlane, addresses []probe.Result
	notReady             int
}

// of are the answers that count in a mode.
func (a answers) of(mode probe.Mode) []probe.Result {
	if mode == probe.Address {
		return a.addresses
	}
	return a.dataPlane
}

// answered tells that something was reached: a refusal of the handshake or of credentials comes from a proxy, too.
func answered(result probe.Result) bool {
	return result.State == probe.Proven || result.Kind != probe.Unreachable && result.Kind != probe.NoAnswer
}

// effective is the mode in which an entry is asked. One that is configured stays. With auto it is the best one in which
// something answers, as for services. Where nothing answers, it is the one in which something did last. If nothing ever
// has, either all is down or the controller cannot reach it: then it is the one in which services were proven, else
// status.
func (a answers) effective(configured, last probe.Mode, proven func() probe.Mode) probe.Mode {
	if configured != probe.Auto && configured != "" {
		return configured
	}
	for _, mode := range []probe.Mode{probe.DataPlane, probe.Address} {
		if slices.ContainsFunc(a.of(mode), answered) {
			return mode
		}
	}
	return cmp.Or(last, proven())
}

// count is the beat in a mode. A pod is reached when one of its addresses is: it may have one of each IP family.
func (a answers) count(mode probe.Mode) metrics.Beat {
	beat := metrics.Beat{Mode: mode, NotReady: a.notReady}
	if mode == probe.Status {
		return metrics.Beat{Mode: mode}
	}
	reached := map[string]bool{}
	for _, result := range a.of(mode) {
		one := cmp.Or(result.Pod, result.Address)
		reached[one] = reached[one] || answered(result)
	}
	for _, is := range reached {
		if is {
			beat.Reachable++
		} else {
			beat.Unreachable++
		}
	}
	return beat
}
