// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
)

// Annotation holds the encoded State on an HTTPRoute.
const Annotation = "net-gateways/rollout"

// State says which version of a KIngress the traffic rules of an HTTPRoute carry, and
// what is under way. Hashes are lower case hexadecimal SHA-256.
type State struct {
	// Spec is the hash of the KIngress's name and spec.
	Spec string `json:"spec"`
	// Rendered is the hash of the hosts and rules that came out of it.
	Rendered string `json:"rendered"`
	// Gateway is where they are served, and Listener the listener if one is named.
	Gateway  string `json:"gateway"`
	Listener string `json:"listener,omitempty"`
	// Private tells that they are served inside the cluster only.
	Private bool `json:"private,omitempty"`
	// Hash is what the data plane answers when it serves this version.
	Hash string `json:"hash"`
	// Making is there while new backends are proven.
	Making *Making `json:"making,omitempty"`
	// Moving is since when the route is attached to Gateways that it is to leave.
	Moving *time.Time `json:"moving,omitempty"`
}

// Making is the proof of new backends, while traffic stays where it is.
type Making struct {
	// Spec is the hash of the KIngress's name and spec that is to come.
	Spec string `json:"spec"`
	// Batch are the backends that are asked now, sorted.
	Batch []string `json:"batch"`
	// Done are those that have answered, sorted.
	Done []string `json:"done,omitempty"`
}

// Encode is the annotation's value. Equal states have equal values.
func (s State) Encode() string {
	encoded, err := json.Marshal(s)
	if err != nil { // strings and times of this century always marshal
		panic(err)
	}
	return string(encoded)
}

// Decode reads an annotation's value. What cannot be read counts as absent: the
// route is then proven as a new one.
func Decode(value string) *State {
	state := &State{}
	if err := json.Unmarshal([]byte(value), state); err != nil || !isSHA256(state.Hash) {
		return nil
	}
	return state
}

// isSHA256 keeps a hand-edited annotation from becoming a header value.
func isSHA256(hash string) bool {
	return len(hash) == hex.EncodedLen(sha256.Size) && strings.Trim(hash, "0123456789abcdef") == ""
}
