// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"slices"
	"testing"
)

const gateways = `NAME          CLASS   ADDRESS       PROGRAMMED   AGE
external-eg   eg      203.0.113.7   True         20s
local-eg      eg-in   10.96.41.12   True         20s
`

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name, shown, came string
		missing           []string
	}{
		{"the same", gateways, gateways, nil},
		{"other widths, addresses and ages, more rows, lines before", gateways, `patched
NAME                CLASS   ADDRESS     PROGRAMMED   AGE
another             eg                  Unknown      1s
external-eg         eg      10.89.0.1   True         3m
local-eg            eg-in   10.96.0.1   True         3m
`, nil},
		{"a cell", gateways, `NAME          CLASS   ADDRESS     PROGRAMMED   AGE
external-eg   eg      10.89.0.1   False        3m
local-eg      eg-in   10.96.0.1   True         3m
`, []string{"a row like: external-eg   eg      203.0.113.7   True         20s"}},
		{"no address", gateways, `NAME          CLASS   ADDRESS     PROGRAMMED   AGE
external-eg   eg      10.89.0.1   True         3m
local-eg      eg-in               True         3m
`, []string{"a row like: local-eg      eg-in   10.96.41.12   True         20s"}},
		{"another column", gateways, "NAME   CLASS   ADDRESS   READY   AGE\n", []string{"NAME          CLASS   ADDRESS       PROGRAMMED   AGE"}},
		{"nothing", gateways, "No resources found\n", []string{"NAME          CLASS   ADDRESS       PROGRAMMED   AGE"}},
		{"a cell that is empty", "NAME    READY   REASON\nhello   True\n", "NAME    READY   REASON\nhello   True    \n", nil},
		{"a cell that is not", "NAME    READY   REASON\nhello   True\n", "NAME    READY   REASON\nhello   True    Late\n", []string{"a row like: hello   True"}},
		{"lines", "a condition met\nHello World!\n", "b condition met\na condition met\nHello World! And more\n", nil},
		{"a word that goes on", "configmap/a patched\n", "configmap/a patched-not\n", []string{"configmap/a patched"}},
		{"lines, then a table", "x patched\nNAME   AGE\na      1s\n", "x patched\nNAME   AGE\nb      1s\n", []string{"a row like: a      1s"}},
		{"nothing shown", "", "whatever", nil},
	} {
		if missing := Compare(c.shown, c.came); !slices.Equal(missing, c.missing) {
			t.Errorf("%s: %q, want %q", c.name, missing, c.missing)
		}
	}
}
