// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"strings"
	"testing"

	"github.com/net-gateways/net-gateways/pkg/rollout"
)

func hash(digit string) string { return strings.Repeat(digit, 64) }

func TestEncode(t *testing.T) {
	got := rollout.State{Spec: "s", Rendered: "r", Gateway: "g", Hash: "h"}.Encode()
	if want := `{"spec":"s","rendered":"r","gateway":"g","hash":"h"}`; got != want {
		t.Errorf("Encode() = %s, want %s", got, want)
	}
}

// TestDecodeForeign: B-RDY-4, an annotation that was edited counts as absent, and
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
