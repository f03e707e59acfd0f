// SPDX-License-Identifier: Apache-2.0

package heartbeat

import (
	"testing"

	"github.com/net-gateways/net-gateways/pkg/metrics"
	"github.com/net-gateways/net-gateways/pkg/probe"
)

func answering(pod string) probe.Result {
	return probe.Result{Target: probe.Target{Pod: pod, Address: pod + ":80"}, State: probe.Failed, Kind: probe.NotServed}
}

func failing(pod string, kind probe.Kind) probe.Result {
	return probe.Result{Target: probe.Target{Pod: pod, Address: pod + ":80"}, State: probe.Failed, Kind: kind}
}

// B-OPS-8: what counts is whether anything answers, in the mode in which the services of the entry are proven.
func TestJudge(t *testing.T) {
	up, dead, refuses := answering("a"), failing("b", probe.Unreachable), failing("c", probe.Handshake)
	lb, lbDead := answering(""), failing("", probe.NoAnswer)
	both := up
	both.Address = "[::1]:80"
	deadV4 := failing("a", probe.Unreachable)
	type list = []probe.Result
	for name, c := range map[string]struct {
		answers          answers
		configured, last probe.Mode
		proven           probe.Mode
		want             metrics.Beat
	}{
		"all answer":                        {answers: answers{dataPlane: list{up}, addresses: list{lb}}, want: metrics.Beat{Mode: probe.DataPlane, Reachable: 1}},
		"one of three is dead":              {answers: answers{dataPlane: list{up, dead, refuses}, notReady: 1}, want: metrics.Beat{Mode: probe.DataPlane, Reachable: 2, Unreachable: 1, NotReady: 1}},
		"one address of a pod":              {answers: answers{dataPlane: list{deadV4, both}}, want: metrics.Beat{Mode: probe.DataPlane, Reachable: 1}},
		"all are dead":                      {answers: answers{dataPlane: list{dead}, addresses: list{lbDead}}, last: probe.DataPlane, want: metrics.Beat{Mode: probe.DataPlane, Unreachable: 1}},
		"all are dead for a new leader":     {answers: answers{dataPlane: list{dead}, addresses: list{lbDead}}, proven: probe.DataPlane, want: metrics.Beat{Mode: probe.DataPlane, Unreachable: 1}},
		"the pods are gone":                 {answers: answers{addresses: list{lbDead}}, last: probe.DataPlane, want: metrics.Beat{Mode: probe.DataPlane}},
		"none is ready":                     {answers: answers{notReady: 2}, last: probe.DataPlane, want: metrics.Beat{Mode: probe.DataPlane, NotReady: 2}},
		"a policy denies the pods":          {answers: answers{dataPlane: list{dead}, addresses: list{lb}}, last: probe.DataPlane, want: metrics.Beat{Mode: probe.Address, Reachable: 1}},
		"neither was ever reached":          {answers: answers{dataPlane: list{dead}, addresses: list{lbDead}}, proven: probe.Status, want: metrics.Beat{Mode: probe.Status}},
		"only addresses are there":          {answers: answers{addresses: list{lb}}, want: metrics.Beat{Mode: probe.Address, Reachable: 1}},
		"status is configured":              {answers: answers{dataPlane: list{up}}, configured: probe.Status, want: metrics.Beat{Mode: probe.Status}},
		"address is configured, and silent": {answers: answers{dataPlane: list{up}, addresses: list{lbDead}}, configured: probe.Address, want: metrics.Beat{Mode: probe.Address, Unreachable: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.configured == "" {
				c.configured = probe.Auto
			}
			mode := c.answers.effective(c.configured, c.last, func() probe.Mode { return c.proven })
			if got := c.answers.count(mode); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}
