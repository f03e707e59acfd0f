// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/features"
	"github.com/net-gateways/net-gateways/pkg/selection"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// The sections of a case: what comes of it in a few lines, its whole input, and its whole output.
const (
	sectionSummary  = "summary.txt"         // the wanted rules and listeners, a line each
	sectionConfig   = "config-gateway.yaml" // data of the ConfigMap
	sectionIngress  = "ingress.yaml"        // the KIngress
	sectionObserved = "observed.yaml"       // objects that exist
	sectionLost     = "lost.txt"            // VISIBILITY HOST of hosts that an older KIngress keeps
	sectionRoutes   = "routes.yaml"         // wanted HTTPRoutes
	sectionSets     = "listenersets.yaml"   // wanted ListenerSets
	sectionPolicies = "policies.yaml"       // wanted BackendTLSPolicies, and the ConfigMap that they name
	sectionGateways = "gateways.yaml"       // wanted listeners on Gateways
	sectionGrants   = "grants.yaml"         // wanted ReferenceGrants
	sectionProofs   = "proofs.yaml"         // wanted questions to the data planes
	sectionGaps     = "gaps.txt"            // what the gateway cannot do, one a line
	sectionRefusals = "refusals.txt"        // what cannot be translated or selected, one a line
	sectionError    = "error.txt"           // wanted error
)

var (
	inputs  = []string{sectionConfig, sectionIngress, sectionObserved, sectionLost}
	outputs = []string{sectionSummary, sectionRoutes, sectionSets, sectionGateways, sectionGrants, sectionPolicies, sectionProofs, sectionGaps, sectionRefusals, sectionError}
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
	lost     sets.Set[translate.HostAt]
}

// objects are what a cluster holds, in no order that matters.
type objects struct {
	classes    []*gatewayv1.GatewayClass
	namespaces []*corev1.Namespace
	services   []*corev1.Service
	ingresses  []*v1alpha1.Ingress
	routes     []*gatewayv1.HTTPRoute
	gateways   []*gatewayv1.Gateway
	sets       []*gatewayv1.ListenerSet
	secrets    []*corev1.Secret
	bundles    []*corev1.ConfigMap
	grants     []*gatewayv1beta1.ReferenceGrant
}

func decodeCase(found map[string]string) (*testCase, error) {
	decoded := &testCase{ingress: &v1alpha1.Ingress{}, lost: sets.New[translate.HostAt]()}
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
	for line := range strings.Lines(found[sectionLost]) {
		visibility, host, both := strings.Cut(strings.TrimSpace(line), " ")
		at := translate.HostAt{Visibility: v1alpha1.IngressVisibility(visibility), Host: host}
		if !both || !slices.Contains(config.Visibilities, at.Visibility) {
			return nil, fmt.Errorf("%s: %q is not VISIBILITY HOST", sectionLost, line)
		}
		decoded.lost.Insert(at)
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
		secrets: o.secrets, bundles: shuffle(random, o.bundles),
	}
}

func shuffle[T any](random *rand.Rand, list []T) []T {
	list = slices.Clone(list)
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// input selects Gateways and maps rewrites, as the reconciler does. It returns the
// refusals of selection beside it.
func (c *testCase) input(seen objects) (translate.Input, []*conditions.Refusal) {
	in := translate.Input{
		Ingress:  c.ingress,
		Gateways: map[v1alpha1.IngressVisibility]translate.Gateway{},
		Services: map[types.NamespacedName]*corev1.Service{},
		Mapped:   map[string]*v1alpha1.Ingress{},
		Lost:     c.lost,
		Routes:   map[string]*gatewayv1.HTTPRoute{},
		Served:   sets.New[types.NamespacedName](),

		ListenerSets: map[string]*gatewayv1.ListenerSet{},
		Sharers:      map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress{},
		Standing:     map[types.NamespacedName]dataplane.AvailableListeners{},
		Grants:       map[string]*gatewayv1beta1.ReferenceGrant{},
		Moves:        translate.Moves{Now: now, Drain: time.Minute},
	}
	for _, grant := range seen.grants {
		in.Grants[grant.Name] = grant
	}
	for _, other := range seen.ingresses {
		shares := slices.ContainsFunc(other.Spec.TLS, func(theirs v1alpha1.IngressTLS) bool {
			return slices.ContainsFunc(c.ingress.Spec.TLS, func(ours v1alpha1.IngressTLS) bool { return ours.SecretName == theirs.SecretName })
		})
		if shares && other.Namespace == c.ingress.Namespace {
			in.Sharers[v1alpha1.IngressVisibilityExternalIP] = append(in.Sharers[v1alpha1.IngressVisibilityExternalIP], other)
		}
	}
	in.Trust, in.Namespace = seen.trust(), &metav1.ObjectMeta{Name: c.ingress.Namespace, UID: "uid-of-namespace"}
	for _, set := range seen.sets {
		in.ListenerSets[set.Name] = set
	}
	for _, service := range seen.services {
		in.Services[types.NamespacedName{Namespace: service.Namespace, Name: service.Name}] = service
		in.Served.Insert(types.NamespacedName{Namespace: service.Namespace, Name: service.Name})
	}
	for _, route := range seen.routes {
		in.Routes[route.Name] = route
	}
	rewrites := rewritesOf(c.ingress)
	request := selection.Request{Ingress: c.ingress, NamespaceLabels: map[string]string{}}
	for _, mapped := range seen.ingresses {
		for _, rule := range mapped.Spec.Rules {
			for _, host := range rule.Hosts {
				if rewrites.Has(host) && mapped.Namespace == c.ingress.Namespace {
					in.Mapped[host], request.Target = mapped, mapped
				}
			}
		}
	}
	for _, namespace := range seen.namespaces {
		if namespace.Name == c.ingress.Namespace {
			maps.Copy(request.NamespaceLabels, namespace.Labels)
		}
	}
	for _, found := range seen.gateways {
		in.Standing[types.NamespacedName{Namespace: found.Namespace, Name: found.Name}] = dataplane.AvailableListenersOf(found, c.ingress.UID, dataplane.Tenant{Namespace: c.ingress.Namespace, Labels: request.NamespaceLabels})
	}
	return in, c.selectGateways(in.Gateways, seen, request)
}

// trust reads the authorities, as the reconciler does.
func (o objects) trust() translate.Trust {
	var secret *corev1.Secret
	if len(o.secrets) > 0 {
		secret = o.secrets[0]
	}
	trust := translate.ReadTrust("knative-serving/routing-serving-certs", secret, o.bundles)
	return trust
}

func (c *testCase) selectGateways(gateways map[v1alpha1.IngressVisibility]translate.Gateway, seen objects, request selection.Request) []*conditions.Refusal {
	refusals := []*conditions.Refusal{}
	for _, visibility := range config.Visibilities {
		entry, refusal := selection.Select(c.config, visibility, request)
		if refusal != nil {
			refusals = append(refusals, refusal)
			continue
		}
		gateway := translate.Gateway{Name: entry.Gateway, Section: entry.HTTPListener, HTTPS: translate.HTTPS{Port: 443}, Features: features.Supported("", nil, entry.Features)}
		for _, class := range seen.classes {
			if class.Name == entry.Class {
				gateway.Features = features.Supported(string(class.Spec.ControllerName), class, entry.Features)
				gateway.Merges = features.Merges(string(class.Spec.ControllerName))
			}
		}
		for _, found := range seen.gateways {
			if found.Namespace == entry.Gateway.Namespace && found.Name == entry.Gateway.Name {
				tenant := dataplane.Tenant{Namespace: request.Ingress.Namespace, Labels: request.NamespaceLabels}
				port := dataplane.HTTPSPort(found, tenant, nil, nil)
				gateway.HTTPS = translate.HTTPS{Port: port, Refusal: dataplane.NotAdmitted(found, tenant), Conflict: dataplane.ProtocolConflict(port, found)}
				gateway.HTTPListeners = dataplane.Attachment{Gateway: found, Section: entry.HTTPListener, Tenant: tenant}.HTTPListeners()
			}
		}
		gateways[visibility] = gateway
	}
	return refusals
}

func rewritesOf(ing *v1alpha1.Ingress) sets.Set[string] {
	found := sets.New[string]()
	for _, rule := range ing.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for _, path := range rule.HTTP.Paths {
			if path.RewriteHost != "" {
				found.Insert(path.RewriteHost)
			}
		}
	}
	return found
}
