// SPDX-License-Identifier: Apache-2.0

package status

import (
	"encoding/json"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/keys"
	"github.com/net-gateways/net-gateways/pkg/probe"
)

// ProvenAnnotation, in the status of a KIngress, has its Proofs. A new leader reads them and does
// not probe again.
const ProvenAnnotation = keys.Prefix + "proven"

// Proof is what was proven for one visibility when its address was published.
type Proof struct {
	Generation int64  `json:"generation"`
	Version    string `json:"version"`
	// Partial tells that the version lacks what could not be translated: the KIngress was not Ready with it, and
	// is not for its still being served.
	Partial bool `json:"partial,omitempty"`
	// Gateway is where it was proven, to which the published address leads. It stays when the proof is
	// dropped.
	Gateway string `json:"gateway,omitempty"`
	// Moved is when the address was published, if routes were leaving another
	// Gateway then; they stay attached to it for the drain time.
	Moved *time.Time `json:"moved,omitempty"`
	// Degraded says why the proof of an HTTPRoute is weaker than the entry asks for. It does not change
	// until there is a better one, also under a new leader.
	Degraded map[string]string `json:"degraded,omitempty"`
	// AuthProxyModes are the modes in which HTTPRoutes behind an auth proxy were proven. They outlive the
	// generation, so that the next one need not find out (SPEC B-RDY-12).
	AuthProxyModes map[string]probe.Mode `json:"guarded,omitempty"`
}

// Proofs are those of one KIngress.
type Proofs map[v1alpha1.IngressVisibility]Proof

// ProofsOf reads the proofs from a status; none if it cannot, so that all is proven anew.
func ProofsOf(status v1alpha1.IngressStatus) Proofs {
	proofs := Proofs{}
	if err := json.Unmarshal([]byte(status.Annotations[ProvenAnnotation]), &proofs); err != nil {
		return Proofs{}
	}
	return proofs
}

// Of tells whether the version was proven for the visibility, so that it need not be
// probed again (SPEC B-RDY-4).
func (p Proofs) Of(visibility v1alpha1.IngressVisibility, generation int64, version string) bool {
	proof, known := p[visibility]
	return known && proof.Generation == generation && proof.Version == version
}

// write stores the proofs in a status.
func (p Proofs) write(status *v1alpha1.IngressStatus) {
	if len(p) == 0 {
		delete(status.Annotations, ProvenAnnotation)
		return
	}
	encoded, err := json.Marshal(p)
	if err != nil { // strings, numbers and times of this century always marshal
		panic(err)
	}
	annotate(status, ProvenAnnotation, string(encoded))
}

func annotate(status *v1alpha1.IngressStatus, key, value string) {
	if status.Annotations == nil {
		status.Annotations = map[string]string{}
	}
	status.Annotations[key] = value
}

// degraded are the routes with a weaker proof; nil if there is none.
func (s Side) degraded() map[string]string {
	var reasons map[string]string
	for _, route := range s.Routes {
		if route.Degraded == "" {
			continue
		}
		if reasons == nil {
			reasons = map[string]string{}
		}
		reasons[route.Name.Name] = route.Degraded
	}
	return reasons
}

// authProxyModes are those of routes behind an auth proxy; nil if there is none.
func (s Side) authProxyModes() map[string]probe.Mode {
	var modes map[string]probe.Mode
	for _, route := range s.Routes {
		if route.AuthProxyMode == "" {
			continue
		}
		if modes == nil {
			modes = map[string]probe.Mode{}
		}
		modes[route.Name.Name] = route.AuthProxyMode
	}
	return modes
}

// next are the proofs after these facts. A blocked side loses its proof, except its Gateway and what is known of auth
// proxies; a side that is tolerated keeps the proof of the version that is served.
func (p Proofs) next(facts Facts) Proofs {
	proofs := Proofs{}
	for _, side := range facts.Sides {
		old, known := p[side.Visibility]
		switch blocker := side.Blocker(); {
		case side.Preserved && known:
			proofs[side.Visibility] = old
		case !side.Needed:
		case blocker == nil && p.Of(side.Visibility, facts.Generation, side.Version):
			old.Partial, old.Degraded, old.AuthProxyModes = old.Partial && len(facts.Failures) > 0, side.degraded(), side.authProxyModes()
			proofs[side.Visibility] = old
		case blocker == nil:
			proof := Proof{
				Generation: facts.Generation, Version: side.Version, Partial: len(facts.Failures) > 0, Gateway: side.Entry.Gateway.String(),
				Degraded: side.degraded(), AuthProxyModes: side.authProxyModes(),
			}
			if side.Leaving {
				proof.Moved = new(facts.Now.UTC())
			}
			proofs[side.Visibility] = proof
		case known && (side.stillReady() || side.tolerates(blocker, facts.Now)):
			proofs[side.Visibility] = old
		case old.Gateway != "" || len(old.AuthProxyModes) > 0:
			proofs[side.Visibility] = Proof{Gateway: old.Gateway, AuthProxyModes: old.AuthProxyModes}
		}
	}
	return proofs
}
