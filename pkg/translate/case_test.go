// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/selection"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

// The sections of a case: a summary in a few lines, its whole input, and its whole output.
const (
	sectionSummary  = "summary.txt"         // the wanted rules and listeners, a line each
	sectionConfig   = "config-gateway.yaml" // data of the ConfigMap
	sectionIngress  = "ingress.yaml"        // the KIngress
	sectionObserved = "observed.yaml"       // objects that exist
	sectionAnswered = "answered.txt"        // names of HTTPRoutes whose new backends have answered, one a line
	sectionRoutes   = "routes.yaml"         // wanted HTTPRoutes
	sectionSets     = "listenersets.yaml"   // wanted ListenerSets
	sectionPolicies = "policies.yaml"       // wanted BackendTLSPolicies, and the ConfigMap that they name
	sectionGateways = "gateways.yaml"       // wanted listeners on Gateways
	sectionGrants   = "grants.yaml"         // wanted ReferenceGrants
	sectionProofs   = "proofs.yaml"         // wanted questions to the data planes
	sectionGaps     = "gaps.txt"            // what the gateway cannot do, one a line
	sectionAttached = "attached.txt"        // what came of HTTPRoutes of users, a line for each problem
	sectionRefusals = "refusals.txt"        // what cannot be translated or selected, one a line
	sectionError    = "error.txt"           // wanted error
)

var (
	inputs  = []string{sectionConfig, sectionIngress, sectionObserved, sectionAnswered}
	outputs = []string{sectionSummary, sectionRoutes, sectionSets, sectionGateways, sectionGrants, sectionPolicies, sectionProofs, sectionAttached, sectionGaps, sectionRefusals, sectionError}
)

// now is when cases happen; the drain time is a minute.
var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// sections reads an archive; an unknown, repeated or missing section is an error.
func sections(archive *txtar.Archive) (map[string]string, error) {
	found := map[string]string{}
	for _, file := range archive.Files {
		if _, again := found[file.Name]; again || !slices.Contains(slices.Concat(inputs, outputs), file.Name) {
			return nil, fmt.Errorf("section %q is unknown or there twice", file.Name)
		}
		found[file.Name] = string(file.Data)
	}
	for _, name := range []string{sectionConfig, sectionIngress} {
		if found[name] == "" {
			return nil, fmt.Errorf("section %q is missing", name)
		}
	}
	return found, nil
}

// testCase is the decoded input of a golden.
type testCase struct {
	config   *config.Config
	ingress  *v1alpha1.Ingress
	observed objects
	answered sets.Set[string]
}

// objects are those of the cluster. Their order means nothing.
type objects struct {
	classes    []*gatewayv1.GatewayClass
	namespaces []*corev1.Namespace
	services   []*corev1.Service
	ingresses  []*v1alpha1.Ingress
	routes     []*gatewayv1.HTTPRoute
	gateways   []*gatewayv1.Gateway
	sets       []*gatewayv1.ListenerSet
	slices     []*discoveryv1.EndpointSlice
	secrets    []*corev1.Secret
	bundles    []*corev1.ConfigMap
	grants     []*gatewayv1beta1.ReferenceGrant
}

func decodeCase(found map[string]string) (*testCase, error) {
	decoded := &testCase{ingress: &v1alpha1.Ingress{}, answered: sets.New(strings.Fields(found[sectionAnswered])...)}
	data := map[string]string{}
	if err := yaml.UnmarshalStrict([]byte(found[sectionConfig]), &data); err != nil {
		return nil, fmt.Errorf("%s: %w", sectionConfig, err)
	}
	cfg, warnings, err := config.Parse(data, "knative-serving")
	if err != nil || len(warnings) > 0 {
		return nil, fmt.Errorf("%s: %v %w", sectionConfig, warnings, err)
	}
	decoded.config = cfg
	if err := yaml.UnmarshalStrict([]byte(found[sectionIngress]), decoded.ingress); err != nil {
		return nil, fmt.Errorf("%s: %w", sectionIngress, err)
	}
	for i, document := range strings.Split(found[sectionObserved], "\n---\n") {
		if err := decoded.observed.add([]byte(document)); err != nil {
			return nil, fmt.Errorf("%s, document %d: %w", sectionObserved, i, err)
		}
	}
	return decoded, nil
}

func (o *objects) add(document []byte) error {
	if len(bytes.TrimSpace(document)) == 0 {
		return nil
	}
	kind := metav1.TypeMeta{}
	if err := yaml.Unmarshal(document, &kind); err != nil {
		return err
	}
	switch kind.Kind {
	case "GatewayClass":
		return appendTo(&o.classes, document)
	case "Namespace":
		return appendTo(&o.namespaces, document)
	case "Service":
		return appendTo(&o.services, document)
	case "Ingress":
		return appendTo(&o.ingresses, document)
	case "HTTPRoute":
		return appendTo(&o.routes, document)
	case "Gateway":
		return appendTo(&o.gateways, document)
	case "ListenerSet":
		return appendTo(&o.sets, document)
	case "EndpointSlice":
		return appendTo(&o.slices, document)
	case "Secret":
		return appendTo(&o.secrets, document)
	case "ConfigMap":
		return appendTo(&o.bundles, document)
	case "ReferenceGrant":
		return appendTo(&o.grants, document)
	}
	return fmt.Errorf("kind %q is unknown", kind.Kind)
}

func appendTo[T any](list *[]*T, document []byte) error {
	object := new(T)
	*list = append(*list, object)
	return yaml.UnmarshalStrict(document, object)
}

// shuffled is the same cluster, listed in another order.
func (o objects) shuffled(random *rand.Rand) objects {
	return objects{
		classes: shuffle(random, o.classes), namespaces: shuffle(random, o.namespaces), services: shuffle(random, o.services),
		ingresses: shuffle(random, o.ingresses), routes: shuffle(random, o.routes),
		gateways: shuffle(random, o.gateways), sets: shuffle(random, o.sets), grants: shuffle(random, o.grants),
		secrets: o.secrets, bundles: shuffle(random, o.bundles), slices: shuffle(random, o.slices),
	}
}

func shuffle[T any](random *rand.Rand, list []T) []T {
	list = slices.Clone(list)
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// observe reads the cluster, and selects Gateways, as the controller does.
func (c *testCase) observe(cluster objects) (*observe.Observation, error) {
	reader := stored{objects: cluster, testCase: c}
	related, err := observe.Related(reader, c.ingress)
	if err != nil {
		return nil, err
	}
	selected := observe.Selected{State: config.State{Namespace: "knative-serving", Config: c.config, Configured: true, Observed: true, Exists: true}, Now: now}
	selected.Choices = selection.Choose(c.config, related.Request())
	return observe.Gateways(reader, related, selected)
}

// translate translates the observation, and once more if new backends have answered.
func (c *testCase) translate(seen *observe.Observation) (input.Input, translate.Desired, error) {
	in := seen.Input()
	desired, err := translate.Ingress(in)
	if err != nil {
		return in, desired, err
	}
	in.Warmed = seen.Warmed(desired, func(route routes.Route) bool { return c.answered.Has(route.Object.Name) })
	if len(in.Warmed) > 0 {
		desired, err = translate.Ingress(in)
	}
	return in, desired, err
}

// refusals say why the KIngress, or a part of it, is not served.
func refusals(seen *observe.Observation, desired translate.Desired) []conditions.Reasoned {
	found := []conditions.Reasoned{}
	for _, visibility := range config.Visibilities {
		if side := seen.Sides[visibility]; side.Refusal != nil && !side.Preserved {
			found = append(found, side.Refusal)
		}
	}
	return append(found, seen.Failures(desired)...)
}
