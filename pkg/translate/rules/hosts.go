// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// Visibility is the rule's visibility with its default applied.
func Visibility(rule v1alpha1.IngressRule) v1alpha1.IngressVisibility {
	if rule.Visibility == "" {
		return v1alpha1.IngressVisibilityExternalIP
	}
	return rule.Visibility
}

// ServedHosts are the hosts that the KIngress has at a visibility and that no other keeps.
func ServedHosts(in input.Input, visibility v1alpha1.IngressVisibility) sets.Set[string] {
	found := sets.New[string]()
	for _, rule := range in.Ingress.Spec.Rules {
		if Visibility(rule) != visibility {
			continue
		}
		for _, host := range PossibleHosts(rule.Hosts, "", &conditions.Report{}) { // reported with the rule
			if !in.Lost.Has(input.HostAt{Visibility: visibility, Host: host}) {
				found.Insert(host)
			}
		}
	}
	return found
}
