// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestCoverage: B-TRN-5, coverage finds the same rules as a comparison with all of them.
func TestCoverage(t *testing.T) {
	rule := rapid.Custom(func(t *rapid.T) Rule {
		made := Rule{Path: rapid.SampledFrom([]string{"/", "/a", "/a/", "/a/b", "/ab", "/a/b/c"}).Draw(t, "path")}
		for _, name := range []string{"One", "one-b", "TWO"} {
			if value := rapid.IntRange(0, 2).Draw(t, name); value > 0 {
				made.Headers = append(made.Headers, Header{Name: name, Value: fmt.Sprint(value)})
			}
		}
		return made
	})
	rapid.Check(t, func(t *rapid.T) {
		rules, asked := rapid.SliceOfN(rule, 0, 20).Draw(t, "rules"), rule.Draw(t, "asked")
		from := rapid.IntRange(0, 20).Draw(t, "from")
		want := slices.ContainsFunc(rules[min(from, len(rules)):], func(r Rule) bool { return r.covers(asked) })
		if got := coverageOf(rules).has(asked, func(at int) bool { return at >= from }); got != want {
			t.Errorf("%v, want %v", got, want)
		}
	})
}
