// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// step decides how far the change of a route may go now. The object has the rules that are wanted in
// the end.
func (r Renderer) step(set part, object *gatewayv1.HTTPRoute, gateway input.Gateway) rollout.Step {
	want := rollout.Want{
		Spec: r.specHash, Rendered: renderedHash(object), Gateway: gateway.Name.String(), Listener: cmp.Or(gateway.Section, strings.Join(set.sections, ",")),
		Private:  set.Visibility == v1alpha1.IngressVisibilityClusterLocal,
		Unproven: r.unproven(set, gateway),
	}
	current := r.in.Routes[object.Name]
	move := r.in.Move
	return rollout.Next(r.live(current, set.Hosts, want.Unproven), want, rollout.Observed{
		Now: move.Now, Drain: move.Drain, Proven: r.in.Warmed.Has(object.Name), Room: room(current),
		Forbidden: namesOf(move.Forbidden[set.Visibility]), DrainOnly: namesOf(move.DrainOnly[set.Visibility]),
	})
}

// live is the stored route; nil if there is none, or if its annotation cannot be read. It is not intact
// if it has a host that is not wanted any more, because the host must go before backends are warmed; nor if
// nothing can be served as before.
func (r Renderer) live(current *gatewayv1.HTTPRoute, hosts, unproven []string) *rollout.Live {
	if current == nil {
		return nil
	}
	state := rollout.Decode(current.Annotations[rollout.Annotation])
	if state == nil {
		return nil
	}
	found := &rollout.Live{State: *state, Backends: sets.New[string]()}
	for _, rule := range trafficRules(current) {
		for _, ref := range rule.BackendRefs {
			found.Backends.Insert(backendOf(ref))
		}
	}
	found.Intact = r.serves(current) && !found.Backends.HasAll(unproven...) && // else the rules do not matter
		renderedHash(current) == state.Rendered && sets.New(hosts...).HasAll(hostsOf(current)...)
	for _, ref := range current.Spec.ParentRefs {
		gateway := dataplane.GatewayBehind(ref, current.Namespace, r.in.ListenerSets)
		if gateway.Name != "" && !slices.Contains(found.Gateways, gateway.String()) {
			found.Gateways = append(found.Gateways, gateway.String())
		}
	}
	return found
}

// unproven are the backends that have to be probed before they get traffic, and can be. Serving vouches
// for a Revision: it routes to it only once it is ready. That is enough if the gateway itself waits
// until it can reach the backend, but not over TLS: the gateway may learn of the BackendTLSPolicy after
// the route, and Serving does not know whether it trusts the pods.
func (r Renderer) unproven(set part, gateway input.Gateway) []string {
	found := []string{}
	for _, rule := range set.Rules {
		if rule.Challenge() {
			continue
		}
		for _, backend := range rule.Backends {
			if backend.Unresolved != nil {
				continue
			}
			handler := r.hasProbeHandler(backend)
			vouched := handler && gateway.Warms && r.in.Services[backend.Service] != nil && !backend.Secured()
			if !vouched && (handler || gateway.Features.Has(gwfeatures.SupportHTTPRouteResponseHeaderModification)) {
				found = append(found, backend.String())
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// warmingRules gives the object the hosts and rules that it is stored with, and adds a rule that
// only probes match for each backend of the batch. It returns the questions for these.
func (r Renderer) warmingRules(object *gatewayv1.HTTPRoute, set part, gateway input.Gateway, batch []string) []Proof {
	current := r.in.Routes[object.Name]
	object.Spec.Hostnames = slices.Clone(current.Spec.Hostnames)
	object.Spec.Rules = slices.DeleteFunc(slices.Clone(current.Spec.Rules), func(rule gatewayv1.HTTPRouteRule) bool {
		return isWarmingRule(rule) || isRetainedRule(rule) && r.anyGone(rule)
	})
	proofs := []Proof{}
	listener := r.probedListeners(set, gateway)[0] // all listeners have the same backends
	if listener.https == 0 {
		listener.host = probe.Host(hostsOf(object)[0])
	}
	for _, rule := range set.Rules {
		for _, backend := range rule.Backends {
			name := backend.String()
			hash := rollout.Hash(r.specHash, object.Annotations[rollout.Annotation], name)
			proof := Proof{Host: listener.host, HTTPS: listener.https, Path: warmingPath + hash[:12], Hash: hash}
			known := slices.ContainsFunc(proofs, func(p Proof) bool { return p.Hash == hash })
			if slices.Contains(batch, name) && !known {
				object.Spec.Rules = append(object.Spec.Rules, r.answer(&proof, backend, gateway))
				proofs = append(proofs, proof)
			}
		}
	}
	return proofs
}

// room is for how many rules for new backends a route has room.
func room(current *gatewayv1.HTTPRoute) int {
	if current == nil {
		return 0
	}
	others := slices.DeleteFunc(slices.Clone(current.Spec.Rules), isWarmingRule)
	return maxRouteRules - len(others)
}

func namesOf(gateways sets.Set[types.NamespacedName]) sets.Set[string] {
	if len(gateways) == 0 {
		return nil
	}
	found := sets.New[string]()
	for gateway := range gateways {
		found.Insert(gateway.String())
	}
	return found
}
