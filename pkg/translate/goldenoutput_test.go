// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// rendered is an output as the sections of a golden; empty ones are left out.
func rendered(t *testing.T, desired translate.Desired, refused []conditions.Reasoned, err error) map[string]string {
	t.Helper()
	type proof struct {
		Route, Visibility, Host, Path, Hash, Marker, Answers string
		HTTPS                                                int32 `json:",omitempty"`
	}
	routes, proofs := []string{}, []proof{}
	for _, route := range desired.All() {
		routes = append(routes, asYAML(t, sentFields(t, route.Object)))
		for _, p := range route.Proofs {
			proofs = append(proofs, proof{route.Object.Name, string(route.Visibility), p.Host, p.Path, p.Hash, p.Marker, string(p.Answers), p.HTTPS})
		}
	}
	got := map[string]string{sectionSummary: summary(desired), sectionRoutes: strings.Join(routes, "---\n")}
	got[sectionSets], got[sectionGrants] = documents(t, desired.ListenerSets), documents(t, desired.Grants)
	if len(desired.Gateways) > 0 {
		got[sectionGateways] = asYAML(t, desired.Gateways)
	}
	got[sectionPolicies] = policies(t, desired)
	if len(proofs) > 0 {
		got[sectionProofs] = asYAML(t, proofs)
	}
	got[sectionAttached] = outcomes(desired)
	for _, gap := range desired.Gaps {
		got[sectionGaps] += gap.String() + "\n"
	}
	for _, refusal := range refused {
		got[sectionRefusals] += fmt.Sprintf("%s, terminal %t: %s\n", refusal.Reason(), refusal.Terminal(), refusal)
	}
	if err != nil {
		got[sectionError] = err.Error() + "\n"
	}
	maps.DeleteFunc(got, func(_, text string) bool { return text == "" })
	return got
}

// outcomes says in lines what came of the HTTPRoutes of users.
func outcomes(desired translate.Desired) string {
	text := ""
	for _, one := range desired.Attached {
		name := one.Source.Namespace + "/" + one.Source.Name
		text += fmt.Sprintf("%s at %s: served %t\n", name, one.Frontend, one.IsServed())
		if one.Refused != nil {
			text += fmt.Sprintf("%s: refused, %s: %s\n", name, one.Refused.Reason, one.Refused.Detail)
		}
		for _, problem := range slices.Concat(one.Dropped, one.Unresolved) {
			text += fmt.Sprintf("%s: %s: %s\n", name, problem.Reason, problem.Detail)
		}
	}
	return text
}

func policies(t *testing.T, desired translate.Desired) string {
	t.Helper()
	found := []string{}
	for _, policy := range desired.Policies {
		found = append(found, asYAML(t, sentFields(t, policy)))
	}
	if desired.Trust != nil {
		fields := sentFields(t, desired.Trust)
		fields["apiVersion"] = "v1"
		found = append(found, asYAML(t, fields))
	}
	return strings.Join(found, "---\n")
}

func documents[T any](t *testing.T, list []*T) string {
	t.Helper()
	found := []string{}
	for _, object := range list {
		found = append(found, asYAML(t, sentFields(t, object)))
	}
	return strings.Join(found, "---\n")
}

// sentFields are the fields of an object that a client sends.
func sentFields(t *testing.T, object any) map[string]any {
	t.Helper()
	fields, err := asSent(object)
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

func asYAML(t *testing.T, value any) string {
	t.Helper()
	text, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
