// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"pgregory.net/rapid"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// The limits of an HTTPRoute, and how much of them the translation uses.
const (
	mostRules     = 12 // and four for probes
	mostHostnames = 16
)

// storedRoutes are the HTTPRoutes in an API server.
type storedRoutes map[string]*gatewayv1.HTTPRoute

// place is the HTTPRoute that serves a request, with the backends.
type place struct{ route, backends string }

// served has the HTTPRoutes that serve each request, without the rules for probes.
func (w storedRoutes) served() map[request][]place {
	served := map[request][]place{}
	for _, name := range slices.Sorted(maps.Keys(w)) {
		for _, host := range w[name].Spec.Hostnames {
			for _, rule := range w[name].Spec.Rules {
				tag := ""
				if headers := rule.Matches[0].Headers; len(headers) > 0 {
					tag = headers[0].Value
				}
				if tag == "override" {
					continue
				}
				backends := []string{}
				for _, ref := range rule.BackendRefs {
					backends = append(backends, fmt.Sprintf("%s:%d", ref.Name, *ref.Weight))
				}
				at := request{string(host), tag}
				served[at] = append(served[at], place{name, strings.Join(backends, " ")})
			}
		}
	}
	return served
}

// plan translates the service over the stored HTTPRoutes.
func (w storedRoutes) plan(t *rapid.T, s service) apply.Changes[*gatewayv1.HTTPRoute] {
	in := input.Input{
		Ingress: s.ingress(),
		Gateways: map[v1alpha1.IngressVisibility]input.Gateway{
			v1alpha1.IngressVisibilityExternalIP: {Name: types.NamespacedName{Namespace: "gateways", Name: "external"}},
		},
		Services: map[types.NamespacedName]*corev1.Service{},
		Routes:   w,
	}
	desired, err := translate.Ingress(in)
	if err != nil || len(desired.Refusals) > 0 {
		t.Fatal(err, desired.Refusals)
	}
	for _, route := range desired.Routes {
		rules, hostnames := len(route.Object.Spec.Rules), len(route.Object.Spec.Hostnames)
		if rules < 2 || rules > 1+mostRules || hostnames < 1 || hostnames > mostHostnames {
			t.Errorf("HTTPRoute %s has %d rules with that for probes, and %d hosts", route.Object.Name, rules, hostnames)
		}
	}
	return apply.Plan(in.Ingress, slices.Collect(maps.Values(w)), desired.Objects())
}

// writes are the changes one at a time, in the order in which they are made.
func (w storedRoutes) writes(changes apply.Changes[*gatewayv1.HTTPRoute]) []func() {
	writes := []func(){}
	for _, object := range changes.Create {
		writes = append(writes, func() { w[object.Name] = object })
	}
	for _, update := range changes.Update {
		writes = append(writes, func() { w[update.Desired.Name] = update.Desired })
	}
	for _, object := range changes.Delete {
		writes = append(writes, func() { delete(w, object.Name) })
	}
	return writes
}
