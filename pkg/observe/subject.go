// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/selection"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// Subject is a KIngress with the objects that decide which Gateways serve it.
type Subject struct {
	Ingress   *v1alpha1.Ingress
	Namespace *corev1.Namespace
	// RewriteTargets has, by the hosts that this KIngress rewrites to, the KIngress of the namespace that
	// serves each: the oldest if there are several.
	RewriteTargets map[string]*v1alpha1.Ingress
}

// readSubject fails while no informer shows the namespace, which may come later than the KIngress. Until
// then it is not known which entries serve the namespace. The default entry would expose a service of
// an isolated namespace through a Gateway for all (SPEC B-SEL-3). So the KIngress waits, and its objects
// stay as they are.
func readSubject(reader Reader, ing *v1alpha1.Ingress) (Subject, error) {
	found := Subject{Ingress: ing, RewriteTargets: map[string]*v1alpha1.Ingress{}}
	namespace, err := reader.Namespace(ing.Namespace)
	if err == nil && namespace == nil {
		err = fmt.Errorf("namespace %s, whose labels decide which Gateway serves KIngress %s, is not in the cache of the controller yet", ing.Namespace, ing.Name)
	}
	if found.Namespace = namespace; err != nil {
		return found, err
	}
	for host := range RewritesOf(ing) {
		candidates, err := reader.IngressesAt(host)
		if err != nil {
			return found, err
		}
		for _, candidate := range candidates {
			known := found.RewriteTargets[host]
			if candidate.Namespace == ing.Namespace && candidate.UID != ing.UID && (known == nil || Older(candidate, known)) {
				found.RewriteTargets[host] = candidate
			}
		}
	}
	return found, nil
}

// Request is the input of the selection.
func (s *Subject) Request() selection.Request {
	request := selection.Request{Ingress: s.Ingress, NamespaceLabels: s.Namespace.Labels}
	for _, target := range s.RewriteTargets {
		if request.Target == nil || Older(target, request.Target) {
			request.Target = target
		}
	}
	return request
}

// SelectedFor are the Gateways that the selection chooses for a KIngress, by visibility.
func SelectedFor(reader Reader, ing *v1alpha1.Ingress, cfg *config.Config) (map[v1alpha1.IngressVisibility]types.NamespacedName, error) {
	subject, err := readSubject(reader, ing)
	if err != nil {
		return nil, err
	}
	gateways := map[v1alpha1.IngressVisibility]types.NamespacedName{}
	for visibility, choice := range selection.Choose(cfg, subject.Request()) {
		if choice.Refusal == nil {
			gateways[visibility] = choice.Entry.Gateway
		}
	}
	return gateways, nil
}

// tenant is the KIngress's namespace.
func (s *Subject) tenant() dataplane.Tenant {
	return dataplane.Tenant{Namespace: s.Ingress.Namespace, Labels: s.Namespace.Labels}
}

// Needs tells whether the KIngress has rules of a visibility.
func (s *Subject) Needs(visibility v1alpha1.IngressVisibility) bool {
	for _, rule := range s.Ingress.Spec.Rules {
		if rules.Visibility(rule) == visibility {
			return true
		}
	}
	return false
}

// HostsAt are the hosts of the KIngress at a visibility.
func (s *Subject) HostsAt(visibility v1alpha1.IngressVisibility) sets.Set[gatewayv1.Hostname] {
	hosts := sets.New[gatewayv1.Hostname]()
	for _, rule := range s.Ingress.Spec.Rules {
		if rules.Visibility(rule) != visibility {
			continue
		}
		for _, host := range rule.Hosts {
			hosts.Insert(gatewayv1.Hostname(host))
		}
	}
	return hosts
}
