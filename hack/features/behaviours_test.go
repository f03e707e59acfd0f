// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	"github.com/net-gateways/net-gateways/pkg/dataplane/shapes"
	"github.com/net-gateways/net-gateways/pkg/features"
)

// Every row says something of an implementation with a title, and how that is known.
func TestRenderBehaviours(t *testing.T) {
	for _, row := range features.Behaviours() {
		lines := strings.Split(renderBehaviours([]features.Behaviour{row}), "\n")
		if cells := strings.Split(lines[2], " | "); len(cells) != 3 || cells[1] == "" || strings.Contains(cells[0], "/") || cells[2] == "|" {
			t.Errorf("%+v: %q", row, lines[2])
		}
	}
}

func TestRenderShapes(t *testing.T) {
	got := renderShapes([]shapes.Shape{
		{Name: "a", Title: "A", Found: shapes.Found{Service: "n/s", Asked: []string{"1.1.1.1:80", "1.1.1.2:80"}, Mode: "dataplane", Published: "s.n.svc", Exposed: "it is"}},
		{Name: "b", Title: "B", Found: shapes.Found{Asked: []string{"b:80"}, Mode: "address", Published: "b"}},
	})
	for _, want := range []string{
		"| [A](../pkg/dataplane/shapes/a.txtar) | `n/s` | `1.1.1.1:80` `1.1.1.2:80`, `dataplane` | `s.n.svc` | yes | shape only |\n",
		"| [B](../pkg/dataplane/shapes/b.txtar) | none | `b:80`, `address` | `b` | no | shape only |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in:\n%s", want, got)
		}
	}
}
