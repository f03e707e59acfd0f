// SPDX-License-Identifier: Apache-2.0

package selection

import (
	"cmp"
	"fmt"

	"k8s.io/apimachinery/pkg/labels"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/keys"
)

// Annotations by which a service names its Gateway, as NAMESPACE/NAME.
const (
	ExternalAnnotation = keys.Prefix + "external-gateway"
	LocalAnnotation    = keys.Prefix + "local-gateway"
)

// Request is what the choice depends on.
type Request struct {
	// Ingress is the KIngress to serve.
	Ingress *v1alpha1.Ingress
	// NamespaceLabels are the labels of its namespace.
	NamespaceLabels map[string]string
	// Target is the KIngress that Ingress maps to (a DomainMapping's service), or
	// nil. Its labels decide then, and its annotations where Ingress has none (SPEC B-SEL-2).
	Target *v1alpha1.Ingress
}

// Choice is the entry that serves a visibility, or why none does.
type Choice struct {
	Entry   config.Entry
	Refusal *conditions.Refusal
}

// Choose selects for each visibility.
func Choose(cfg *config.Config, request Request) map[v1alpha1.IngressVisibility]Choice {
	choices := map[v1alpha1.IngressVisibility]Choice{}
	for _, visibility := range config.Visibilities {
		entry, refusal := Select(cfg, visibility, request)
		choices[visibility] = Choice{Entry: entry, Refusal: refusal}
	}
	return choices
}

// Select returns the entry that serves the request at a visibility: the one that
// the annotation names, else the most specific one whose selectors match, else the
// default; or a refusal.
func Select(cfg *config.Config, visibility v1alpha1.IngressVisibility, request Request) (config.Entry, *conditions.Refusal) {
	if state := cfg.ListState(visibility); state != config.ListFilled {
		return config.Entry{}, &conditions.Refusal{Code: conditions.ReasonGatewayNotConfigured, Detail: unserved(visibility, state)}
	}
	entries := cfg.Entries(visibility)
	subject := request.Ingress
	if request.Target != nil {
		subject = request.Target
	}
	// Serving copies a DomainMapping's annotations to its KIngress, except those of kubectl and in
	// camelCase (serving v0.50, pkg/reconciler/route/resources/filters.go).
	named := cmp.Or(request.Ingress.Annotations[annotation(visibility)], subject.Annotations[annotation(visibility)])
	if named != "" {
		return byName(entries, visibility, named, request)
	}
	return bySelectors(entries, subject.Labels, request.NamespaceLabels), nil
}

func unserved(visibility v1alpha1.IngressVisibility, state config.ListState) string {
	key := config.ListKey(visibility)
	if state == config.ListEmpty {
		return fmt.Sprintf("hosts of visibility %s are not served: %s in ConfigMap %s is [], write an entry to change that", visibility, key, config.Name)
	}
	return fmt.Sprintf("no gateway is configured for visibility %s: add an entry to %s in ConfigMap %s", visibility, key, config.Name)
}

// byName finds the entry that an annotation names. For an entry that is reserved for other
// namespaces the refusal is the same as for one that does not exist, so that a tenant does
// not learn of it.
func byName(entries []config.Entry, visibility v1alpha1.IngressVisibility, named string, request Request) (config.Entry, *conditions.Refusal) {
	for _, entry := range entries {
		if entry.Gateway.String() == named && Admits(entry, request.NamespaceLabels) {
			return entry, nil
		}
	}
	return config.Entry{}, &conditions.Refusal{Code: conditions.ReasonGatewayNotFound, Detail: fmt.Sprintf(
		"annotation %s: %q is not the `gateway` of an entry of %s in ConfigMap %s that serves namespace %s: correct or remove the annotation",
		annotation(visibility), named, config.ListKey(visibility), config.Name, request.Ingress.Namespace)}
}

// bySelectors prefers entries with more selectors, then earlier ones. A parsed list
// has exactly one entry without selectors, so there is always a result.
func bySelectors(entries []config.Entry, ingress, namespace map[string]string) config.Entry {
	best, bestScore := entries[0], -1
	for _, entry := range entries {
		if !admits(entry.LabelSelector, ingress) || !Admits(entry, namespace) {
			continue
		}
		if score := specificity(entry); score > bestScore {
			best, bestScore = entry, score
		}
	}
	return best
}

// Admits tells whether an entry serves a namespace with these labels.
func Admits(entry config.Entry, namespace map[string]string) bool {
	return admits(entry.NamespaceSelector, namespace)
}

func specificity(entry config.Entry) int {
	score := 0
	if entry.LabelSelector != nil {
		score++
	}
	if entry.NamespaceSelector != nil {
		score++
	}
	return score
}

func admits(selector labels.Selector, set map[string]string) bool {
	return selector == nil || selector.Matches(labels.Set(set))
}

func annotation(visibility v1alpha1.IngressVisibility) string {
	if visibility == v1alpha1.IngressVisibilityClusterLocal {
		return LocalAnnotation
	}
	return ExternalAnnotation
}
