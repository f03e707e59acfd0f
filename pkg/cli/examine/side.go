// SPDX-License-Identifier: Apache-2.0

package examine

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// Words are how reports name the visibilities.
var Words = map[v1alpha1.IngressVisibility]string{
	v1alpha1.IngressVisibilityExternalIP: "external", v1alpha1.IngressVisibilityClusterLocal: "cluster-local",
}

// side is a side with its routes. Whether they are proven is read from the status.
func (e *Examination) side(visibility v1alpha1.IngressVisibility) status.Side {
	side := e.Seen.Side(visibility, e.Desired)
	proof := e.Proof(visibility)
	proven := proof.Version != "" && proof.Generation == e.Seen.Ingress.Generation && proof.Version == side.Version
	for _, route := range e.Desired.Routes {
		if route.Visibility == visibility {
			fact := e.route(route, &side)
			fact.Proven = proven
			if fact.Degraded == "" && proven {
				fact.Degraded = proof.Degraded[fact.Name.Name]
			}
			side.Routes = append(side.Routes, fact)
		}
	}
	side.Exposure = e.Seen.Exposure(side)
	return side
}

// route is what is known of a route without asking a data plane.
func (e *Examination) route(route routes.Route, side *status.Side) status.Route {
	name := types.NamespacedName{Namespace: route.Object.Namespace, Name: route.Object.Name}
	fact := status.Route{
		Name: name, Object: e.Seen.Routes[name.Name], Parents: route.Parents(), Unresolved: route.Unresolved, Warming: route.Warming, Unwritten: !e.Seen.IsWritten(route),
		Stays: len(route.Warming) > 0 || len(route.Leaving) > 0, ByStatus: side.Entry.Probe == probe.Status,
	}
	for _, proof := range route.Proofs {
		if proof.Answers == "" {
			fact.ByStatus = true
			fact.Degraded = fmt.Sprintf("neither its backend nor Gateway %s can answer a probe; using the Gateway's status", side.Entry.Gateway)
			continue
		}
		_, asked := e.Seen.ListenerFor(proof, side, &fact)
		if notProgrammed := observe.NotProgrammed(proof, side); asked && fact.ByStatus && notProgrammed != "" {
			fact.Unasked = notProgrammed
		}
	}
	return fact
}

// Hosts are the hosts of a side, in the order of the KIngress.
func (e *Examination) Hosts(visibility v1alpha1.IngressVisibility) []string {
	hosts := []string{}
	for _, rule := range e.Seen.Ingress.Spec.Rules {
		for _, host := range rule.Hosts {
			if rules.Visibility(rule) == visibility && !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
	}
	return hosts
}
