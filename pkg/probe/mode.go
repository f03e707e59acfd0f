// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Mode is how readiness is proven (B-RDY-1).
type Mode string

const (
	// Auto starts with the best mode that the Gateway offers, and degrades with a stated reason.
	Auto Mode = "auto"
	// DataPlane asks every ready pod of the data plane.
	DataPlane Mode = "dataplane"
	// Address asks the addresses that the Gateway publishes.
	Address Mode = "address"
	// Status asks no address and trusts the Gateway API's own conditions.
	Status Mode = "status"
)

// RefusedFor is how long every target of the best mode must have been refused before Auto degrades to the next one. After
// RefusedAwhile the next one's addresses are asked, too. If they refuse as well, refusedForNext is enough for them. The
// times are shorter where no connection is made, so that the condition says so 15 s after the service came.
const (
	RefusedFor         = 15 * time.Second
	refusedForNext     = 10 * time.Second
	unreachableFor     = 10 * time.Second
	unreachableForNext = 6 * time.Second
	RefusedAwhile      = 2 * time.Second
)

// Offer is what a Gateway gives us to ask.
type Offer struct {
	// Endpoints are the ready data-plane pods, ip:port of the listener's target port.
	Endpoints []string
	// Addresses are what the Gateway publishes, host:port of the listener.
	Addresses []string
	// AuthProxyMode is the mode in which the route was proven before, when an auth proxy in front of the better ones asked for
	// credentials; else empty. It may be Status: the Gateway's conditions then speak of the present route, too.
	AuthProxyMode Mode
}

// Choice is how to prove readiness now.
type Choice struct {
	Mode Mode
	// Addresses to ask; none for Status.
	Addresses []string
	// Background are the addresses of better modes that refused, and of the next one while this one is being refused. Give
	// them to Prober.Check as background targets, so that Prober.Known has what they answer at the next choice.
	Background []string
	// Degraded is why no better mode is used, empty for the best one. It does not change while the cause lasts.
	Degraded string
	// BehindAuthProxy tells that an auth proxy in front of a better mode asks for credentials.
	BehindAuthProxy bool
	// Recheck is when to choose again although nothing was reported; 0 means no need.
	Recheck time.Duration
}

// Choose decides how readiness is proven, from what the Gateway offers and what is known of the targets
// (Prober.Known). Auto leaves a mode when every target at its addresses that is not proven has been failing for a while
// with kinds that Refuse, even if it is one pod of many, so that it does not wait endlessly. While the gateway answers,
// even with 404, Auto stays in the mode. An auth proxy that is known from before needs to refuse only once (B-RDY-12). A
// configured mode other than Auto never degrades. An empty or unknown one is Auto.
func Choose(configured Mode, offer Offer, known Report, now time.Time) Choice {
	switch configured {
	case DataPlane:
		return Choice{Mode: DataPlane, Addresses: offer.Endpoints}
	case Address:
		return Choice{Mode: Address, Addresses: offer.Addresses}
	case Status:
		return Choice{Mode: Status}
	}
	return auto(offer, known, now)
}

func auto(offer Offer, known Report, now time.Time) Choice {
	var background, reasons []string
	behindAuthProxy, refusedAgain := false, false
	modes := offer.modes()
	for i, m := range modes {
		asked := known.Unproven().at(m.addresses)
		since, refused := asked.RefusedSince()
		choice := Choice{Mode: m.mode, Addresses: m.addresses, Background: background, Degraded: degraded(reasons, "addresses"), BehindAuthProxy: behindAuthProxy}
		// Auto does not wait for an auth proxy that is known and refuses again, nor for the modes between it and the one that
		// worked.
		expected := offer.AuthProxyMode != "" && offer.AuthProxyMode != m.mode && (refusedAgain || refused && asked.all(Credentials)) && !known.at(m.addresses).Proven()
		if !refused && !expected {
			return choice
		}
		enough := asked.degradeAfter(i > 0)
		if choice.Recheck = since.Add(enough).Sub(now); choice.Recheck > 0 && !expected {
			choice.askNext(modes[i+1:], since.Add(RefusedAwhile).Sub(now))
			return choice
		}
		if refused {
			reasons = append(reasons, m.noun+refusal(asked.Results[0]))
			behindAuthProxy = behindAuthProxy || !asked.all(Unreachable, Handshake)
		}
		background, refusedAgain = append(background, m.addresses...), expected
	}
	if len(reasons) == 0 {
		reasons = []string{"no data-plane pod and no address is known"}
	}
	return Choice{Mode: Status, Background: background, Degraded: degraded(reasons, "status"), BehindAuthProxy: behindAuthProxy}
}

// at keeps the results at these addresses.
func (r Report) at(addresses []string) Report {
	return r.where(func(res *Result) bool { return slices.Contains(addresses, res.Address) })
}

// all tells whether all results are of these kinds.
func (r Report) all(kinds ...Kind) bool {
	return !slices.ContainsFunc(r.Results, func(res Result) bool { return !slices.Contains(kinds, res.Kind) })
}

// degradeAfter is how long these must have been refused before Auto takes the next mode; next tells that they are not of
// the best one.
func (r Report) degradeAfter(next bool) time.Duration {
	reached := slices.ContainsFunc(r.Results, func(res Result) bool { return res.Kind != Unreachable })
	switch {
	case reached && next:
		return refusedForNext
	case reached:
		return RefusedFor
	case next:
		return unreachableForNext
	}
	return unreachableFor
}

// offered is a mode with the addresses that it asks.
type offered struct {
	mode      Mode
	noun      string
	addresses []string
}

// modes are those that the Gateway offers, the best first.
func (o Offer) modes() []offered {
	all := []offered{{DataPlane, "data plane ", o.Endpoints}, {Address, "address ", o.Addresses}}
	return slices.DeleteFunc(all, func(m offered) bool { return len(m.addresses) == 0 })
}

// askNext asks the next modes in the background, or sets Recheck to when to do so.
func (c *Choice) askNext(next []offered, wait time.Duration) {
	for _, m := range next {
		if wait > 0 {
			c.Recheck = min(c.Recheck, wait)
			return
		}
		c.Background = slices.Concat(c.Background, m.addresses)
	}
}

func degraded(reasons []string, instead string) string {
	if len(reasons) == 0 {
		return ""
	}
	return strings.Join(reasons, "; ") + "; using the Gateway's " + instead
}

// DegradedTo is the mode that a Choice's Degraded names, as statuses keep it.
func DegradedTo(reason string) Mode {
	if strings.HasSuffix(reason, degraded([]string{""}, "addresses")) {
		return Address
	}
	return Status
}

// refusal says what refuses, without times, so that it does not change a condition that holds it.
func refusal(r Result) string {
	switch {
	case r.Kind == Credentials:
		return r.Address + " answers " + strconv.Itoa(r.Code) + " for " + r.Host + ": something in front asks for credentials"
	case r.Kind == Handshake:
		return r.Address + " refuses " + r.Host + ": " + r.Err
	}
	return r.Address + " cannot be reached: " + r.Err
}
