// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// B-RDY-1: every pod must answer, at one of its addresses; of an unknown pod, each address must.
func TestOneAnswerAPod(t *testing.T) {
	of := func(pod string, r Result) Result {
		r.Pod, r.Host = pod, "a.example.com"
		return r
	}
	const a4, a6, b4, b6 = "10.0.0.1:80", "[fd00::1]:80", "10.0.0.2:80", "[fd00::2]:80"
	dead := func(address string) Result { return failed(address, Unreachable, time.Hour) }
	for name, c := range map[string]struct {
		results []Result
		proven  bool
		problem string // its address
		mode    Mode
	}{
		"each at one address":    {[]Result{of("a", proven(a4)), of("a", dead(a6)), of("b", dead(b4)), of("b", proven(b6))}, true, "", DataPlane},
		"one pod at none":        {[]Result{of("a", proven(a4)), of("a", dead(a6)), of("b", dead(b4)), of("b", dead(b6))}, false, b4, Address},
		"one pod not served yet": {[]Result{of("a", proven(a4)), of("b", dead(b6)), of("b", failed(b4, NotServed, time.Hour))}, false, b6, DataPlane},
		"one pod not asked yet":  {[]Result{of("a", dead(a6)), of("a", proven(a4)), of("b", pending(b4)), of("b", pending(b6))}, false, b4, DataPlane},
		"unknown pods":           {[]Result{of("", proven(a4)), of("", dead(a6))}, false, a6, Address},
		"another host of a pod":  {[]Result{of("a", proven(a4)), {Target: Target{Address: a6, Pod: "a", Host: "b.example.com"}, State: Pending}}, false, a6, DataPlane},
	} {
		t.Run(name, func(t *testing.T) {
			report := Report{Results: c.results}
			targets := []Target{}
			for _, r := range c.results {
				targets = append(targets, r.Target)
			}
			if report.Proven() != c.proven || report.Prove(targets) != c.proven {
				t.Errorf("Proven() = %t, Prove() = %t, want %t", report.Proven(), report.Prove(targets), c.proven)
			}
			if problem, found := report.Problem(); found != (c.problem != "") || problem.Address != c.problem {
				t.Errorf("Problem() = %v, want that of %q", problem, c.problem)
			}
			if got := Choose(Auto, Offer{Endpoints: []string{a4, a6, b4, b6}, Addresses: []string{"192.0.2.1:80"}}, report, noon); got.Mode != c.mode {
				t.Errorf("%s, want %s", got.Mode, c.mode)
			}
		})
	}
}

// B-RDY-12: an auth proxy that is known is met once; what was not known before, or does not ask for credentials, has its time.
func TestKnownAuthProxy(t *testing.T) {
	pods, lb := []string{"10.0.0.7:10080", "10.0.0.8:10080"}, []string{"192.0.2.1:80"}
	const authProxy = "data plane 10.0.0.7:10080 answers 403 for a.example.com: something in front asks for credentials"
	refused := failed(pods[0], Credentials, 0)
	for name, c := range map[string]struct {
		guarded Mode
		known   []Result
		want    Choice
	}{
		"not known":             {"", []Result{refused}, Choice{Mode: DataPlane, Addresses: pods, Recheck: RefusedAwhile}},
		"not met yet":           {Status, []Result{pending(pods[0])}, Choice{Mode: DataPlane, Addresses: pods}},
		"the route is not met":  {Status, []Result{failed(pods[0], NotServed, 0)}, Choice{Mode: DataPlane, Addresses: pods}},
		"met":                   {Status, []Result{refused}, Choice{Mode: Status, Background: append(pods[:2:2], lb...), Degraded: authProxy + "; using the Gateway's status", BehindAuthProxy: true}},
		"met at one of two":     {Status, []Result{refused, pending(pods[1])}, Choice{Mode: DataPlane, Addresses: pods}},
		"one cannot be reached": {Status, []Result{refused, failed(pods[1], Unreachable, 0)}, Choice{Mode: DataPlane, Addresses: pods, Recheck: RefusedAwhile}},
		"the address is in its way, too": {Status, []Result{refused, failed(lb[0], Unreachable, 0)}, Choice{Mode: Status, Background: append(pods[:2:2], lb...), BehindAuthProxy: true,
			Degraded: authProxy + "; address 192.0.2.1:80 cannot be reached: connection refused; using the Gateway's status"}},
		"the address answers now":     {Status, []Result{refused, proven(lb[0])}, Choice{Mode: Address, Addresses: lb, Background: pods, Degraded: authProxy + "; using the Gateway's addresses", BehindAuthProxy: true}},
		"it was asked at the address": {Address, []Result{refused, failed(lb[0], NotServed, 0)}, Choice{Mode: Address, Addresses: lb, Background: pods, Degraded: authProxy + "; using the Gateway's addresses", BehindAuthProxy: true}},
		"where another one is new":    {Address, []Result{refused, failed(lb[0], Credentials, 0)}, Choice{Mode: Address, Addresses: lb, Background: pods, Recheck: RefusedAwhile, Degraded: authProxy + "; using the Gateway's addresses", BehindAuthProxy: true}},
		"the auth proxy is gone":      {Status, []Result{proven(pods[0]), proven(pods[1])}, Choice{Mode: DataPlane, Addresses: pods}},
	} {
		t.Run(name, func(t *testing.T) {
			got := Choose(Auto, Offer{Endpoints: pods, Addresses: lb, AuthProxyMode: c.guarded}, Report{Results: c.known}, noon)
			if got.Recheck > RefusedAwhile {
				got.Recheck = RefusedAwhile // its own test has the times
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want, +got)\n%s", diff)
			}
		})
	}
}
