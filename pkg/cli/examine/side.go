// SPDX-License-Identifier: Apache-2.0

package examine

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

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
		Name: name, Object: e.Seen.Routes[name.Name], Parents: route.Parents(), Warming: route.Warming, Unwritten: !e.Seen.IsWritten(route),
		Stays: len(route.Warming) > 0 || len(route.Leaving) > 0, ByStatus: side.Entry.Probe == probe.Status,
	}
	for _, proof := range route.Proofs {
		if proof.Answers == "" {
			fact.ByStatus = true
			fact.Degraded = fmt.Sprintf("neither its backend nor Gateway %s can answer a probe; using the Gateway's status", side.Entry.Gateway)
			continue
		}
		if e.admitted(proof, side, &fact); proof.HTTPS == 0 {
			e.called(proof, side, &fact)
		}
	}
	return fact
}

// callersHTTP is the port at which callers in the cluster come, by Serving's Services.
const callersHTTP = 80

// admitted notes that no listener admits the host of a proof.
func (e *Examination) admitted(proof routes.Proof, side *status.Side, fact *status.Route) {
	if proof.HTTPS != 0 {
		return
	}
	attachment := e.Seen.Attachment(e.Seen.Sides[side.Visibility])
	if side.Visibility == v1alpha1.IngressVisibilityClusterLocal {
		attachment.Port = callersHTTP
	}
	listener, refusal := attachment.ListenerFor(proof.Host)
	if fact.NotAdmitted = refusal; refusal != "" && (listener.Port == 0 || !side.Accepted(*fact)) {
		fact.Unasked = refusal
	}
}

// called notes that callers in the cluster come to a port of the Gateway's Service that it does not have (SPEC B-RDY-9).
func (e *Examination) called(proof routes.Proof, side *status.Side, fact *status.Route) {
	seen, published := e.Seen.Sides[side.Visibility], side.LoadBalancer
	if side.Visibility != v1alpha1.IngressVisibilityClusterLocal || seen.Service == nil || fact.Unasked != "" {
		return
	}
	if len(published) == 0 || published[0].DomainInternal == "" || dataplane.Leads(callersHTTP, seen.Service, seen.EndpointSlices) {
		return
	}
	service := types.NamespacedName{Namespace: seen.Service.Namespace, Name: seen.Service.Name}
	side.MissingPort = &status.MissingPort{Port: callersHTTP, Service: service, Listened: e.Seen.Attachment(seen).HasPort(callersHTTP)}
	if !side.Published {
		fact.Unasked = "callers in the cluster cannot reach it"
	}
}

// Hosts are the hosts of a side, in the order of the KIngress.
func (e *Examination) Hosts(visibility v1alpha1.IngressVisibility) []string {
	hosts := []string{}
	for _, rule := range e.Seen.Ingress.Spec.Rules {
		for _, host := range rule.Hosts {
			if e.visible(rule) == visibility && !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
	}
	return hosts
}

func (e *Examination) visible(rule v1alpha1.IngressRule) v1alpha1.IngressVisibility {
	if rule.Visibility == "" {
		return v1alpha1.IngressVisibilityExternalIP
	}
	return rule.Visibility
}
