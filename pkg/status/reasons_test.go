// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/apis"

	"github.com/net-gateways/net-gateways/pkg/status"
)

var update = flag.Bool("update", false, "rewrite testdata")

// reported has a line for each reason and each of the conditions on which Ready depends. testdata/serving sees
// what Serving's own functions make of them.
const reported = "testdata/reasons.jsonl"

// TestEveryReason: B-RDY-6, B-PTH-5, every reason that pkg/conditions declares is reported in Ready with its
// message, as False and as Unknown.
func TestEveryReason(t *testing.T) {
	lines := []string{}
	for _, code := range declaredReasons(t) {
		text := "words about " + code
		for want, reporting := range map[string]status.Facts{
			"False " + code + ": " + text:   withFailures(facts(side(external)), reason(code, text, true)),
			"Unknown " + code + ": " + text: facts(side(external, func(s *status.Side) { s.Refusal = reason(code, text, false) })),
		} {
			said := status.Mark(v1alpha1.IngressStatus{}, reporting).Status
			if got := conditionsOf(said)["Ready"]; got != want {
				t.Errorf("Ready is %q, want %q", got, want)
			}
			lines = append(lines, lineOf(t, said))
		}
	}
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(reported, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(reported)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want, +got; -update rewrites it):\n%s", reported, diff)
	}
}

// lineOf is a status without times, as JSON.
func lineOf(t *testing.T, said v1alpha1.IngressStatus) string {
	t.Helper()
	shown := v1alpha1.IngressStatus{}
	for _, condition := range said.Conditions {
		condition.LastTransitionTime = apis.VolatileTime{}
		shown.Conditions = append(shown.Conditions, condition)
	}
	line, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
}

// declaredReasons are the constants of pkg/conditions/reasons.go.
func declaredReasons(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../conditions/reasons.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	found := []string{}
	ast.Inspect(file, func(node ast.Node) bool {
		if literal, is := node.(*ast.BasicLit); is && literal.Kind == token.STRING {
			code, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, code)
		}
		return true
	})
	if len(found) == 0 {
		t.Fatal("No reasons")
	}
	return found
}
