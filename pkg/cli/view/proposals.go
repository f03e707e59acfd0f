// SPDX-License-Identifier: Apache-2.0

package view

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/config"
)

// Proposals implements observe.Reader: what to write where config-gateway has no list. It looks at the GatewayClasses, and
// not at standing routes, which are in all namespaces.
func (r *Reader) Proposals(v1alpha1.IngressVisibility) (config.Proposals, error) {
	if r.Unconfigured() != "" {
		return config.Proposals{}, nil // it is not known that anything has to be written
	}
	classes, err := objects.List[gatewayv1.GatewayClass](r.source, objects.GatewayClasses, "", labels.Everything())
	if err := r.note(err, false); err != nil {
		return config.Proposals{}, err
	}
	found := config.Proposals{}
	for _, class := range classes {
		if meta.IsStatusConditionTrue(class.Status.Conditions, string(gatewayv1.GatewayClassConditionStatusAccepted)) {
			found.Classes = append(found.Classes, class.Name)
		}
	}
	if slices.Sort(found.Classes); len(found.Classes) == 1 {
		found.Entries = []config.Proposal{{Class: found.Classes[0]}}
	}
	return found, nil
}

// ClassOf is the GatewayClass of an entry's Gateway if both can be read.
func (r *Reader) ClassOf(gateway types.NamespacedName) *gatewayv1.GatewayClass {
	found, err := r.Gateway(gateway)
	if found == nil || err != nil {
		return nil
	}
	class, err := r.GatewayClass(string(found.Spec.GatewayClassName))
	if err != nil {
		return nil
	}
	return class
}
