// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/net-gateways/net-gateways/pkg/keys"
)

// Annotation holds the encoded State on an HTTPRoute.
const Annotation = keys.Prefix + "rollout"

// State tells which version of a KIngress the traffic rules of an HTTPRoute serve, and which change is
// under way. Hashes are lower case hexadecimal SHA-256.
type State struct {
	// Spec is the hash of the KIngress's name and spec.
	Spec string `json:"spec"`
	// Rendered is the hash of the rendered hosts and rules.
	Rendered string `json:"rendered"`
	// Gateway serves them, through Listener if it is not empty.
	Gateway  string `json:"gateway"`
	Listener string `json:"listener,omitempty"`
	// Private tells that they must not be served outside the cluster.
	Private bool `json:"private,omitempty"`
	// Hash is the hash with which the data plane answers probes when it serves this version.
	Hash string `json:"hash"`
	// Warming is not nil while new backends are warmed. The key is as stored objects have it.
	Warming *Warming `json:"making,omitempty"`
	// Moving is since when the route has been attached to Gateways that it leaves.
	Moving *time.Time `json:"moving,omitempty"`
}

// Warming says which new backends have answered probes, while traffic stays on the old ones.
type Warming struct {
	// Spec is the hash of the new version's name and spec.
	Spec string `json:"spec"`
	// Batch are the backends that are probed now, sorted.
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

// Decode reads an annotation's value. It returns nil if it cannot read it: the route is then proven as
// a new one.
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
