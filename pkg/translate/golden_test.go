// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

var update = flag.Bool("update", false, "rewrite the wanted sections of testdata")

// TestGoldens translates every case under testdata. A case has its whole input and its whole output; its
// comment names the behaviours of SPEC that it shows. B-TRN-4: the same input in any order gives the same
// bytes, and is not changed.
func TestGoldens(t *testing.T) {
	for _, path := range goldens(t) {
		name := strings.TrimSuffix(strings.TrimPrefix(path, "testdata/"), ".txtar")
		t.Run(name, func(t *testing.T) { runGolden(t, path) })
	}
}

func goldens(t testing.TB) []string {
	t.Helper()
	found := []string{}
	err := filepath.WalkDir("testdata", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".txtar" {
			found = append(found, path)
		}
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatal("No goldens:", err)
	}
	return found
}

func runGolden(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`B-[A-Z]+-\d`).Match(archive.Comment) {
		t.Error("The comment names no behaviour of SPEC")
	}
	want, err := sections(archive)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := decodeCase(want)
	if err != nil {
		t.Fatal(err)
	}
	got := translateTwice(t, decoded)
	if *update {
		rewrite(t, path, archive, got)
		return
	}
	for _, name := range outputs {
		if diff := cmp.Diff(want[name], got[name]); diff != "" {
			t.Errorf("%s (-want, +got; -update rewrites it):\n%s", name, diff)
		}
	}
}

// translateTwice runs the case with its input in two orders, and checks what holds
// for every case.
func translateTwice(t *testing.T, decoded *testCase) map[string]string {
	t.Helper()
	var got map[string]string
	for seed := range uint64(2) {
		random := rand.New(rand.NewPCG(seed, 0))
		seen, err := decoded.observe(decoded.observed.shuffled(random))
		if err != nil {
			t.Fatal(err)
		}
		before := inputCopy(seen.Input())
		in, desired, err := decoded.translate(seen)
		before.Warmed = in.Warmed
		if diff := cmp.Diff(before, in, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("The input was changed (-before, +after):\n%s", diff)
		}
		again := rendered(t, desired, refusals(seen, desired), err)
		if got == nil {
			got = again
			checkRoutes(t, in, desired)
		} else if diff := cmp.Diff(got, again); diff != "" {
			t.Errorf("Another order of the input gives another output:\n%s", diff)
		}
	}
	return got
}

func inputCopy(in input.Input) input.Input {
	cloned := in
	cloned.Ingress = in.Ingress.DeepCopy()
	cloned.Services, cloned.RewriteTargets, cloned.Routes = maps.Clone(in.Services), maps.Clone(in.RewriteTargets), maps.Clone(in.Routes)
	for key := range cloned.Services {
		cloned.Services[key] = in.Services[key].DeepCopy()
	}
	for key := range cloned.RewriteTargets {
		cloned.RewriteTargets[key] = in.RewriteTargets[key].DeepCopy()
	}
	for key := range cloned.Routes {
		cloned.Routes[key] = in.Routes[key].DeepCopy()
	}
	cloned.Attached, cloned.Backing = slices.Clone(in.Attached), maps.Clone(in.Backing)
	for i := range cloned.Attached {
		cloned.Attached[i] = in.Attached[i].DeepCopy()
	}
	for key := range cloned.Backing {
		cloned.Backing[key] = in.Backing[key].DeepCopy()
	}
	cloned.Gateways = maps.Clone(in.Gateways)
	for visibility, gateway := range cloned.Gateways {
		gateway.Features = gateway.Features.Clone()
		cloned.Gateways[visibility] = gateway
	}
	cloned.ListenerSets = maps.Clone(in.ListenerSets)
	for key := range cloned.ListenerSets {
		cloned.ListenerSets[key] = in.ListenerSets[key].DeepCopy()
	}
	cloned.AvailableListeners, cloned.Grants = maps.Clone(in.AvailableListeners), maps.Clone(in.Grants)
	for name, available := range cloned.AvailableListeners {
		available.Listeners = (&gatewayv1.GatewaySpec{Listeners: available.Listeners}).DeepCopy().Listeners
		cloned.AvailableListeners[name] = available
	}
	for key := range cloned.Grants {
		cloned.Grants[key] = in.Grants[key].DeepCopy()
	}
	cloned.ConflictingHosts, cloned.Sharers = in.ConflictingHosts.Clone(), copyOfSharers(in.Sharers)
	return cloned
}

// checkRoutes demands of every route that an API server admits it unchanged, that its rollout state can
// be decoded, and that a translation over it changes nothing.
func checkRoutes(t *testing.T, in input.Input, desired translate.Desired) {
	t.Helper()
	definition, err := httpRouteCRD()
	if err != nil {
		t.Fatal(err)
	}
	over := inputCopy(in)
	over.Warmed = nil
	for _, route := range desired.All() {
		if err := definition.admitUnchanged(route.Object); err != nil {
			t.Errorf("HTTPRoute %s: %v", route.Object.Name, err)
		}
		checkRuleNames(t, route.Object)
		state := rollout.Decode(route.Object.Annotations[rollout.Annotation])
		first := len(route.Warming) == 0 && route.Proofs[0].Path == "/" // further parts of the same hosts have answers of their own
		if state == nil || first && state.Hash != route.Proofs[0].Hash {
			t.Errorf("HTTPRoute %s: state %+v is not that of proof %+v", route.Object.Name, state, route.Proofs)
		}
		over.Routes[route.Object.Name] = route.Object
	}
	over.ListenerSets = map[string]*gatewayv1.ListenerSet{}
	for _, set := range desired.ListenerSets {
		if err := admitUnchanged(listenerSetCRD, set, func(set *gatewayv1.ListenerSet) any { return set.Spec }); err != nil {
			t.Errorf("ListenerSet %s: %v", set.Name, err)
		}
		over.ListenerSets[set.Name] = set.DeepCopy()
		over.ListenerSets[set.Name].Status = statusOf(in.ListenerSets[set.Name])
	}
	policyDefinition, err := backendTLSPolicyCRD()
	if err != nil {
		t.Fatal(err)
	}
	for _, policy := range desired.Policies {
		if err := policyDefinition.admitPolicy(policy); err != nil {
			t.Errorf("BackendTLSPolicy %s: %v", policy.Name, err)
		}
	}
	over.Grants = map[string]*gatewayv1beta1.ReferenceGrant{}
	for _, grant := range desired.Grants {
		if err := admitUnchanged(referenceGrantCRD, grant, func(grant *gatewayv1beta1.ReferenceGrant) any { return grant.Spec }); err != nil {
			t.Errorf("ReferenceGrant %s: %v", grant.Name, err)
		}
		over.Grants[grant.Name] = grant
	}
	for _, listeners := range desired.Gateways {
		over.AvailableListeners[listeners.Gateway] = withApplied(over.AvailableListeners[listeners.Gateway], listeners)
		gateway := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "any"}}
		gateway.Spec.GatewayClassName = "any"
		gateway.Spec.Listeners = listeners.Listeners
		if err := admitUnchanged(gatewayCRD, gateway, func(gateway *gatewayv1.Gateway) any { return gateway.Spec.Listeners }); err != nil && len(listeners.Listeners) > 0 {
			t.Errorf("Listeners of Gateway %s: %v", listeners.Gateway, err)
		}
	}
	desired.Gateways = slices.DeleteFunc(desired.Gateways, func(l listeners.GatewayListeners) bool { return len(l.Listeners) == 0 }) // left
	again, err := translate.Ingress(over)
	if err == nil && outlives(desired) { // a route leaves a ListenerSet once it is gone
		for _, route := range again.All() {
			over.Routes[route.Object.Name] = route.Object
		}
		desired = again
		again, err = translate.Ingress(over)
	}
	if diff := cmp.Diff(desired, again, cmpopts.IgnoreUnexported(routes.Route{}, attached.Outcome{}), cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Errorf("Translating over the result is not a no-op: %v\n%s", err, diff)
	}
}

// outlives tells whether a route is attached to a ListenerSet that is deleted.
func outlives(desired translate.Desired) bool {
	for _, route := range desired.Routes {
		for _, parent := range route.Object.Spec.ParentRefs {
			stays := func(set *gatewayv1.ListenerSet) bool { return set.Name == string(parent.Name) }
			if parent.Kind != nil && *parent.Kind == "ListenerSet" && !slices.ContainsFunc(desired.ListenerSets, stays) {
				return true
			}
		}
	}
	return false
}

// withApplied are the available listeners of a Gateway after those of the KIngress are written.
func withApplied(available dataplane.AvailableListeners, listeners listeners.GatewayListeners) dataplane.AvailableListeners {
	available.Listeners = slices.DeleteFunc(slices.Clone(available.Listeners), func(l gatewayv1.Listener) bool { return available.Held.Has(l.Name) })
	available.Held = sets.New[gatewayv1.SectionName]()
	for _, listener := range listeners.Listeners {
		available.Listeners = append(available.Listeners, listener)
		available.Held.Insert(listener.Name)
	}
	return available
}

// rendered is an output as the sections of a golden; empty ones are left out.
func rendered(t *testing.T, desired translate.Desired, refused []conditions.Reasoned, err error) map[string]string {
	t.Helper()
	type proof struct {
		Route, Visibility, Host, Path, Hash, Marker, Answers string
		HTTPS                                                int32 `json:",omitempty"`
	}
	routes, proofs := []string{}, []proof{}
	for _, route := range desired.All() {
		object, convertErr := asSent(route.Object)
		if convertErr != nil {
			t.Fatal(convertErr)
		}
		routes = append(routes, asYAML(t, object))
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
		object, err := asSent(policy)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, asYAML(t, object))
	}
	if desired.Trust != nil {
		object, err := asSent(desired.Trust)
		if err != nil {
			t.Fatal(err)
		}
		object["apiVersion"] = "v1"
		found = append(found, asYAML(t, object))
	}
	return strings.Join(found, "---\n")
}

func documents[T any](t *testing.T, list []*T) string {
	t.Helper()
	found := []string{}
	for _, object := range list {
		content, err := asSent(object)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, asYAML(t, content))
	}
	return strings.Join(found, "---\n")
}

func statusOf(set *gatewayv1.ListenerSet) gatewayv1.ListenerSetStatus {
	if set == nil {
		return gatewayv1.ListenerSetStatus{}
	}
	return set.Status
}

func asYAML(t *testing.T, value any) string {
	t.Helper()
	text, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func rewrite(t *testing.T, path string, archive *txtar.Archive, got map[string]string) {
	t.Helper()
	input := slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return slices.Contains(outputs, f.Name) })
	archive.Files = append([]txtar.File{{Name: sectionSummary, Data: []byte(got[sectionSummary])}}, input...)
	for _, name := range outputs[1:] {
		if got[name] != "" {
			archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got[name])})
		}
	}
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestConformanceCasesHaveGoldens: B-TRN-1, there is a golden for every test of the
// networking conformance suite, under its name with dashes for slashes.
func TestConformanceCasesHaveGoldens(t *testing.T) {
	source, err := moduleFile("knative.dev/networking", "test/conformance/ingress/run.go")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`(?m)^\t"([^"]+)": +Test`).FindAllSubmatch(source, -1)
	if len(names) < 20 {
		t.Fatalf("Read only %d names in the suite", len(names))
	}
	for _, name := range names {
		path := "testdata/conformance/" + strings.ReplaceAll(string(name[1]), "/", "-") + ".txtar"
		if _, err := os.Stat(path); err != nil {
			t.Errorf("Conformance test %s has no golden: %v", name[1], err)
		}
	}
}
