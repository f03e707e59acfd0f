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
	// Status asks nobody: the Gateway API's own conditions are taken for it.
	Status Mode = "status"
)

// RefusedFor is how long every target of a mode must have been refused before Auto takes the next one.
const RefusedFor = 15 * time.Second

// Offer is what a Gateway gives us to ask.
type Offer struct {
	// Endpoints are the ready data-plane pods, ip:port of the listener's target port.
	Endpoints []string
	// Addresses are what the Gateway publishes, host:port of the listener.
	Addresses []string
}

// Choice is how to prove readiness now.
type Choice struct {
	Mode Mode
	// Addresses to ask; none for Status.
	Addresses []string
	// Background are the addresses of better modes that refused. Give them to Prober.Check as background
	// targets, so that Prober.Known still holds their refusal at the next choice, or their recovery.
	Background []string
	// Degraded is why no better mode is used, empty for the best one. It is the same as long as the cause is.
	Degraded string
	// Recheck is when to choose again although nothing was reported; 0 means no need.
	Recheck time.Duration
}

// Choose decides how readiness is proven, from what the Gateway offers and what is known of the targets
// (Prober.Known). It is pure. Auto leaves a mode only when every target that was asked at its addresses has been failing
// for RefusedFor with kinds that Refuse: an answer of the gateway, even 404, means patience, not another mode. A
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
	var background, reasons []string
	for _, m := range []struct {
		mode      Mode
		noun      string
		addresses []string
	}{{DataPlane, "data plane ", offer.Endpoints}, {Address, "address ", offer.Addresses}} {
		if len(m.addresses) == 0 {
			continue
		}
		asked := known.where(func(r *Result) bool { return slices.Contains(m.addresses, r.Address) })
		since, refused := asked.RefusedSince()
		var left time.Duration
		if refused {
			left = since.Add(RefusedFor).Sub(now)
		}
		if !refused || left > 0 {
			return Choice{m.mode, m.addresses, background, degraded(reasons, "addresses"), left}
		}
		background = append(background, m.addresses...)
		reasons = append(reasons, m.noun+refusal(asked.Results[0]))
	}
	if len(reasons) == 0 {
		reasons = []string{"no data-plane pod and no address is known"}
	}
	return Choice{Mode: Status, Background: background, Degraded: degraded(reasons, "status")}
}

func degraded(reasons []string, instead string) string {
	if len(reasons) == 0 {
		return ""
	}
	return strings.Join(reasons, "; ") + "; using the Gateway's " + instead
}

// refusal says what stands in the way, without times, so that a condition that holds it is not written again.
func refusal(r Result) string {
	switch {
	case r.Kind == Credentials:
		return r.Address + " answers " + strconv.Itoa(r.Code) + " for " + r.Host + ": something in front asks for credentials"
	case r.Kind == Handshake:
		return r.Address + " refuses " + r.Host + ": " + r.Err
	}
	return r.Address + " cannot be reached: " + r.Err
}
