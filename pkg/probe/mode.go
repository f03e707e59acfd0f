// SPDX-License-Identifier: Apache-2.0

package probe

import "time"

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
	// Background are the addresses of better modes that refused, to be asked now and then.
	Background []string
	// Degraded is why a better mode is not used, empty when the best one is. Stable while the cause is.
	Degraded string
	// Recheck is when to choose again although nothing was reported; 0 means no need.
	Recheck time.Duration
}

// Choose decides how readiness is proven.
func Choose(configured Mode, offer Offer, known Report, now time.Time) Choice {
	return Choice{Mode: Status}
}
