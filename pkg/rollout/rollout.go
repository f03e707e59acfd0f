// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"encoding/json"
	"regexp"
)

// Annotation holds the encoded State on an HTTPRoute.
const Annotation = "net-gateways/rollout"

// State says which version of a KIngress an HTTPRoute carries. Hashes are lower
// case hexadecimal SHA-256.
type State struct {
	// Spec is the hash of the KIngress's name and spec.
	Spec string `json:"spec"`
	// Rendered is the hash of the rules, hosts and Gateway that came out of it.
	Rendered string `json:"rendered"`
	// Hash is what the data plane answers when it serves this version.
	Hash string `json:"hash"`
}

// Next is the state for a new version. A new spec is proven by its own hash, as
// Knative's conformance suite compares it. A changed rendering under an unchanged
// spec (another Gateway, other features, a mapped target that changed) cannot be:
// the old version answers the same. It is proven by the hash of the rendering,
// until the spec changes again (SPEC B-RDY-2).
func Next(previous *State, spec, rendered string) State {
	next := State{Spec: spec, Rendered: rendered, Hash: spec}
	switch {
	case previous == nil || previous.Spec != spec:
	case previous.Rendered == rendered:
		next.Hash = previous.Hash
	default:
		next.Hash = rendered
	}
	return next
}

// Encode is the annotation's value. Equal states have equal values.
func (s State) Encode() string {
	encoded, err := json.Marshal(s)
	if err != nil { // three strings always marshal
		panic(err)
	}
	return string(encoded)
}

// Decode reads an annotation's value. What cannot be read counts as absent: the
// route is then proven as a new one.
func Decode(value string) *State {
	state := &State{}
	if err := json.Unmarshal([]byte(value), state); err != nil || !sha256Hex.MatchString(state.Hash) {
		return nil
	}
	return state
}

// sha256Hex keeps a hand-edited annotation from becoming a header value.
var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)
