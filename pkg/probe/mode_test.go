// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)

func failed(address string, kind Kind, ago time.Duration) Result {
	r := Result{Target: Target{Address: address, Host: "a.example.com"}, State: Failed, Kind: kind, Err: "connection refused", Since: noon.Add(-ago)}
	if kind == Credentials {
		r.Code, r.Err = 403, "status 403"
	}
	if kind.Refuses() {
		r.RefusedSince = r.Since
	}
	return r
}

func proven(address string) Result {
	return Result{Target: Target{Address: address}, State: Proven, Code: 200}
}

func pending(address string) Result { return Result{Target: Target{Address: address}, State: Pending} }

// B-RDY-1: auto starts with what the Gateway offers and degrades with a stated reason.
func TestChoose(t *testing.T) {
	pods, lb := []string{"10.0.0.7:10080", "10.0.0.8:10080"}, []string{"192.0.2.1:80"}
	both := Offer{Endpoints: pods, Addresses: lb}
	const authProxy = "data plane 10.0.0.7:10080 answers 403 for a.example.com: something in front asks for credentials"
	for _, c := range []struct {
		name  string
		mode  Mode
		offer Offer
		known []Result
		want  Choice
	}{
		{"pods first", Auto, both, nil, Choice{Mode: DataPlane, Addresses: pods}},
		{"auto by default", "", both, nil, Choice{Mode: DataPlane, Addresses: pods}},
		{"only addresses", Auto, Offer{Addresses: lb}, nil, Choice{Mode: Address, Addresses: lb}},
		{"nothing to ask", Auto, Offer{}, nil, Choice{Mode: Status, Degraded: "no data-plane pod and no address is known; using the Gateway's status"}},
		{"not served yet", Auto, both, []Result{failed(pods[0], NotServed, time.Hour)}, Choice{Mode: DataPlane, Addresses: pods}},
		{"backend hangs", Auto, both, []Result{failed(pods[0], NoAnswer, time.Hour)}, Choice{Mode: DataPlane, Addresses: pods}},
		{"refused a while", Auto, both, []Result{failed(pods[0], Unreachable, 5*time.Second), failed(pods[1], Unreachable, 7*time.Second)},
			Choice{Mode: DataPlane, Addresses: pods, Background: lb, Recheck: 5 * time.Second}},
		{"asked for credentials a while", Auto, both, []Result{failed(pods[0], Credentials, 5*time.Second), failed(pods[1], Unreachable, 7*time.Second)},
			Choice{Mode: DataPlane, Addresses: pods, Background: lb, Recheck: 10 * time.Second}},
		{"refused just now", Auto, both, []Result{failed(pods[0], Unreachable, time.Second)}, Choice{Mode: DataPlane, Addresses: pods, Recheck: time.Second}},
		{"refused a while, and no other address to probe", Auto, Offer{Endpoints: pods}, []Result{failed(pods[0], Unreachable, 5*time.Second)},
			Choice{Mode: DataPlane, Addresses: pods, Recheck: 5 * time.Second}},
		{"the address was asked beside", Auto, both, []Result{failed(pods[0], Credentials, 15*time.Second), proven(lb[0])},
			Choice{Mode: Address, Addresses: lb, Background: pods, Degraded: authProxy + "; using the Gateway's addresses", BehindAuthProxy: true}},
		{"the address is refused beside", Auto, both, []Result{failed(pods[0], Credentials, 15*time.Second), failed(lb[0], Handshake, 8*time.Second)},
			Choice{Mode: Address, Addresses: lb, Background: pods, Degraded: authProxy + "; using the Gateway's addresses", BehindAuthProxy: true, Recheck: 2 * time.Second}},
		{"one pod refuses", Auto, both, []Result{failed(pods[0], Unreachable, time.Hour), failed(pods[1], NotServed, time.Hour)}, Choice{Mode: DataPlane, Addresses: pods}},
		{"one pod serves, the other cannot be asked", Auto, both, []Result{failed(pods[0], Credentials, time.Hour), proven(pods[1])},
			Choice{Mode: Address, Addresses: lb, Background: pods, Degraded: authProxy + "; using the Gateway's addresses", BehindAuthProxy: true}},
		{"for a moment", Auto, both, []Result{failed(pods[0], Credentials, time.Second), proven(pods[1])}, Choice{Mode: DataPlane, Addresses: pods, Recheck: time.Second}},
		{"all pods serve", Auto, both, []Result{proven(pods[0]), proven(pods[1])}, Choice{Mode: DataPlane, Addresses: pods}},
		{"one pod not asked", Auto, both, []Result{failed(pods[0], Credentials, time.Hour), pending(pods[1])}, Choice{Mode: DataPlane, Addresses: pods}},
		{"credentials", Auto, both, []Result{failed(pods[0], Credentials, 15*time.Second), failed(pods[1], Unreachable, time.Minute)},
			Choice{Mode: Address, Addresses: lb, Background: pods, Degraded: authProxy + "; using the Gateway's addresses", BehindAuthProxy: true}},
		{"gone pods do not count", Auto, Offer{Endpoints: pods[1:], Addresses: lb}, []Result{failed(pods[0], Unreachable, time.Hour)}, Choice{Mode: DataPlane, Addresses: pods[1:]}},
		{"credentials, no address", Auto, Offer{Endpoints: pods}, []Result{failed(pods[0], Credentials, time.Hour)},
			Choice{Mode: Status, Background: pods, Degraded: authProxy + "; using the Gateway's status", BehindAuthProxy: true}},
		{"neither", Auto, both, []Result{failed(pods[0], Unreachable, time.Hour), failed(lb[0], Handshake, 10*time.Second)},
			Choice{Mode: Status, Background: slices.Concat(pods, lb), Degraded: "data plane 10.0.0.7:10080 cannot be reached: connection refused; " +
				"address 192.0.2.1:80 refuses a.example.com: connection refused; using the Gateway's status"}},
		{"back up", Auto, both, []Result{failed(pods[0], NotServed, 0), failed(lb[0], Handshake, time.Hour)}, Choice{Mode: DataPlane, Addresses: pods}},
		{"explicit data plane", DataPlane, both, []Result{failed(pods[0], Unreachable, time.Hour)}, Choice{Mode: DataPlane, Addresses: pods}},
		{"explicit address", Address, both, []Result{failed(lb[0], Unreachable, time.Hour)}, Choice{Mode: Address, Addresses: lb}},
		{"explicit status", Status, both, nil, Choice{Mode: Status}},
		{"explicit without an offer", DataPlane, Offer{}, nil, Choice{Mode: DataPlane}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Choose(c.mode, c.offer, Report{Results: c.known}, noon)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// B-RDY-1, over whatever a Gateway offers and answers.
func TestChooseProperties(t *testing.T) {
	addresses := []string{"10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "192.0.2.1:80", "192.0.2.2:80"}
	rapid.Check(t, func(t *rapid.T) {
		offer := Offer{
			Endpoints: rapid.SliceOfDistinct(rapid.SampledFrom(addresses[:3]), rapid.ID).Draw(t, "endpoints"),
			Addresses: rapid.SliceOfDistinct(rapid.SampledFrom(addresses[3:]), rapid.ID).Draw(t, "addresses"),
		}
		known := Report{Results: rapid.SliceOf(anyResult(addresses)).Draw(t, "known")}
		configured := rapid.SampledFrom([]Mode{Auto, "", DataPlane, Address, Status}).Draw(t, "configured")

		got := Choose(configured, offer, known, noon)

		if diff := cmp.Diff(got, Choose(configured, offer, known, noon)); diff != "" {
			t.Fatalf("not deterministic:\n%s", diff)
		}
		switch got.Mode {
		case DataPlane:
			same(t, got.Addresses, offer.Endpoints)
		case Address:
			same(t, got.Addresses, offer.Addresses)
		case Status:
			same(t, got.Addresses, nil)
		default:
			t.Fatalf("no mode: %q", got.Mode)
		}
		if configured != Auto && configured != "" {
			if got.Mode != configured || got.Degraded != "" || got.Background != nil {
				t.Fatalf("%s became %+v", configured, got)
			}
			return
		}
		for i, skipped := range []struct {
			addresses []string
			skipped   bool
		}{{offer.Endpoints, got.Mode != DataPlane}, {offer.Addresses, got.Mode == Status}} {
			if skipped.skipped && len(skipped.addresses) > 0 {
				wasRefused(t, skipped.addresses, known, i > 0 && len(offer.Endpoints) > 0, got)
			}
		}
		better := got.Mode != DataPlane && len(offer.Endpoints) > 0 || got.Mode == Status
		if (got.Degraded != "") != better {
			t.Fatalf("degraded %q to %s", got.Degraded, got.Mode)
		}
		for _, address := range got.Background {
			if slices.Contains(got.Addresses, address) {
				t.Fatalf("%s is asked twice: %+v", address, got)
			}
		}
		if got.Recheck < 0 || got.Recheck > RefusedFor {
			t.Fatalf("recheck %v", got.Recheck)
		}
		later := Choose(configured, offer, known, noon.Add(got.Recheck))
		if got.Recheck > 0 && later.Mode == got.Mode && slices.Equal(later.Background, got.Background) {
			t.Fatalf("nothing new at the recheck: %+v", later)
		}
	})
}

func anyResult(addresses []string) *rapid.Generator[Result] {
	kinds := []Kind{Unreachable, Handshake, Credentials, NotServed, NoAnswer, BadStatus, WrongHash}
	return rapid.Custom(func(t *rapid.T) Result {
		address := rapid.SampledFrom(addresses).Draw(t, "address")
		switch rapid.SampledFrom([]State{Pending, Proven, Failed, Failed, Failed}).Draw(t, "state") {
		case Pending:
			return pending(address)
		case Proven:
			return proven(address)
		}
		ago := time.Duration(rapid.IntRange(0, 30).Draw(t, "seconds")) * time.Second
		return failed(address, rapid.SampledFrom(kinds).Draw(t, "kind"), ago)
	})
}

func same(t *rapid.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("addresses %q, want %q", got, want)
	}
}

// wasRefused fails when a mode was left for another reason than 15 s of refusals only, 10 s for one that was asked beside; or
// 10 s and 6 s where nothing could be reached.
func wasRefused(t *rapid.T, addresses []string, known Report, beside bool, got Choice) {
	t.Helper()
	asked := known.where(func(r *Result) bool { return r.State != Proven && slices.Contains(addresses, r.Address) })
	if len(asked.Results) == 0 {
		t.Fatalf("left %q unasked or proven: %+v", addresses, got)
	}
	answers := slices.ContainsFunc(asked.Results, func(r Result) bool { return r.Kind != Unreachable })
	grace := map[[2]bool]time.Duration{{true, false}: 15 * time.Second, {true, true}: 10 * time.Second, {false, false}: 10 * time.Second, {false, true}: 6 * time.Second}[[2]bool{answers, beside}]
	for _, r := range asked.Results {
		if !r.Kind.Refuses() || noon.Sub(r.RefusedSince) < grace {
			t.Fatalf("left %q in spite of %+v", addresses, r)
		}
	}
	if !strings.Contains(got.Degraded, asked.Results[0].Address) {
		t.Fatalf("%q does not name %s", got.Degraded, asked.Results[0].Address)
	}
	for _, a := range addresses {
		if !slices.Contains(got.Background, a) {
			t.Fatalf("%s is not asked in the background", a)
		}
	}
}
