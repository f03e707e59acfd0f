// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/net-gateways/net-gateways/pkg/rollout"
)

func hash(digit string) string { return strings.Repeat(digit, 64) }

// TestNext: B-RDY-2, what a version is proven by.
func TestNext(t *testing.T) {
	state := func(spec, rendered, proof string) *rollout.State {
		return &rollout.State{Spec: hash(spec), Rendered: hash(rendered), Hash: hash(proof)}
	}
	tests := []struct {
		name           string
		previous       *rollout.State
		spec, rendered string
		want           string
	}{
		{"a new route is proven by its spec", nil, "1", "a", "1"},
		{"nothing changed", state("1", "a", "1"), "1", "a", "1"},
		{"a new spec is proven by itself", state("1", "a", "1"), "2", "b", "2"},
		{"a new spec that renders the same is proven by itself", state("1", "a", "1"), "2", "a", "2"},
		{"another rendering of the same spec is proven by itself", state("1", "a", "1"), "1", "b", "b"},
		{"and stays so", state("1", "b", "b"), "1", "b", "b"},
		{"and back is not the first answer again", state("1", "b", "b"), "1", "a", "a"},
		{"the next spec is proven by itself again", state("1", "b", "b"), "2", "c", "2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := rollout.State{Spec: hash(test.spec), Rendered: hash(test.rendered), Hash: hash(test.want)}
			if got := rollout.Next(test.previous, hash(test.spec), hash(test.rendered)); got != want {
				t.Errorf("Next() = %+v, want %+v", got, want)
			}
		})
	}
}

func TestEncode(t *testing.T) {
	got := rollout.State{Spec: "s", Rendered: "r", Hash: "h"}.Encode()
	if want := `{"spec":"s","rendered":"r","hash":"h"}`; got != want {
		t.Errorf("Encode() = %s, want %s", got, want)
	}
}

// TestDecodeForeign: B-RDY-4, an annotation that somebody edited counts as absent, and
// never becomes the value of a header.
func TestDecodeForeign(t *testing.T) {
	for _, value := range []string{
		"", "{}", "null", "[]", "forged", `"x"`, `{"hash":5}`, `{"hash":"` + hash("A") + `"}`, `{"hash":"` + hash("a") + `0"}`, `{"hash":"` + hash("a") + `\n"}`,
		`{"hash":"` + hash("a") + "\"} trailing", `{"hash":"x\r\nK-Evil: yes"}`,
	} {
		if got := rollout.Decode(value); got != nil {
			t.Errorf("Decode(%q) = %+v", value, got)
		}
	}
	got := rollout.Decode(`{"spec":"1","rendered":"2","hash":"` + hash("a") + `","later":"field"}`)
	if got == nil || *got != (rollout.State{Spec: "1", Rendered: "2", Hash: hash("a")}) {
		t.Errorf("A field of a later version is in the way: %+v", got)
	}
}

// TestStateProperties: B-RDY-4, what is written is read back, whatever the history, and
// the hash is one that a header can hold.
func TestStateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digest := rapid.StringMatching("[0-9a-f]{64}")
		few := rapid.SampledFrom([]string{hash("1"), hash("2"), digest.Draw(t, "another")})
		state := rollout.Decode(rapid.OneOf(rapid.String(), rapid.Just(rollout.State{Hash: hash("e")}.Encode())).Draw(t, "found"))
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			spec, rendered := few.Draw(t, "spec"), few.Draw(t, "rendered")
			next := rollout.Next(state, spec, rendered)
			if again := rollout.Next(&next, spec, rendered); again != next {
				t.Fatalf("A second look moves on: %+v, then %+v", next, again)
			}
			if changed := state != nil && state.Rendered != rendered; changed && next.Hash == state.Hash && state.Spec == spec && state.Hash != rendered {
				t.Fatalf("The old answer proves the new rendering: %+v, then %+v", state, next)
			}
			state = rollout.Decode(next.Encode())
			if state == nil || *state != next {
				t.Fatalf("Wrote %+v, read %+v", next, state)
			}
		}
	})
}
