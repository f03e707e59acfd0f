// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/networking/pkg/http/header"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// revisionLabel is on the Services of Revisions, whose backends have Knative's probe handler.
const revisionLabel = "serving.knative.dev/revision"

// probeRule puts a rule before all others that answers probes with the hash, and
// returns the questions for it, one for each listener. Networking's probe handler (activator, queue-proxy)
// echoes the request header. A plain Service cannot: there the gateway itself adds
// the hash to the response (SPEC B-RDY-2).
//
// One probe rule an HTTPRoute is enough: a gateway programs a route as a whole.
func (r Renderer) probeRule(object *gatewayv1.HTTPRoute, set part, gateway input.Gateway, hash string) []Proof {
	proof := Proof{Path: probedPath(set.number), Hash: hash}
	if backend, found := probedBackend(set.Rules); found {
		rule := r.answer(&proof, backend, gateway)
		object.Spec.Rules = slices.Insert(object.Spec.Rules, placeOfProbe(r.in.Routes[object.Name], len(object.Spec.Rules)), rule)
	}
	proofs := []Proof{}
	for _, way := range r.ways(set, gateway) {
		proof.Host, proof.HTTPS = way.host, way.https
		proofs = append(proofs, proof)
	}
	return proofs
}

// placeOfProbe is where the rule for probes goes among so many others: first, or where it
// stands; behind rules that somebody else wrote, for those must keep their places (order.go).
func placeOfProbe(live *gatewayv1.HTTPRoute, others int) int {
	if live == nil {
		return 0
	}
	at := slices.IndexFunc(live.Spec.Rules, func(rule gatewayv1.HTTPRouteRule) bool {
		return isProbed(rule) && !isWarmingRule(rule) && !isRetainedRule(rule)
	})
	if at < 0 {
		at = len(live.Spec.Rules)
	}
	return min(at, others)
}

// answer is the rule that gives the answer to a question, with the backend's help where
// it can.
func (r Renderer) answer(proof *Proof, backend rules.Backend, gateway input.Gateway) gatewayv1.HTTPRouteRule {
	hash := []rules.Header{{Name: header.HashKey, Value: proof.Hash}}
	added := []rules.Header{}
	if gateway.Features.Has(gwfeatures.SupportHTTPRouteResponseHeaderModification) {
		proof.Answers = probe.Gateway
		proof.FormerMarker = formerMarker(r.in.Ingress, proof.Path)
		proof.Marker = marker(proof.FormerMarker)
		added = append(added, rules.Header{Name: probe.MarkerHeader, Value: proof.Marker})
	}
	if r.hasProbeHandler(backend) {
		proof.Answers = probe.Backend
	} else {
		added = append(hash, added...)
	}
	filters := setHeaders(hash)
	if proof.Marker != "" {
		filters = append(filters, gatewayv1.HTTPRouteFilter{
			Type:                   gatewayv1.HTTPRouteFilterResponseHeaderModifier,
			ResponseHeaderModifier: &gatewayv1.HTTPHeaderFilter{Set: httpHeaders(added)},
		})
	}
	backend.Weight = 1
	return gatewayv1.HTTPRouteRule{
		Matches: []gatewayv1.HTTPRouteMatch{match(rules.Rule{
			Path:    proof.Path,
			Headers: []rules.Header{{Name: header.HashKey, Value: header.HashValueOverride}},
		})},
		Filters:     filters,
		BackendRefs: []gatewayv1.HTTPBackendRef{backendRef(backend)},
	}
}

// marker tells those who ask nothing about the object: whoever sees a host may ask, and the UID of an
// object is for those who may read it.
func marker(former string) string { return rollout.Hash(former)[:32] }

// formerMarker is another one for each object and each generation of its spec, and for each question
// about it: a rule for all paths may answer for one that is not served, and that is then no former
// version of it (SPEC B-RDY-10).
func formerMarker(ing *v1alpha1.Ingress, probed string) string {
	mark := fmt.Sprintf("%s.%d", ing.UID, ing.Generation)
	if probed == "/" {
		return mark
	}
	return mark + "." + path.Base(probed)
}

// probedBackend is the backend with the largest weight of what most requests meet:
// the rule with the fewest header matches and the shortest path. An ACME challenge's
// solver, which stands beside it for a while, is not asked. There is none when no rule
// can be served.
func probedBackend(all []rules.Rule) (backend rules.Backend, found bool) {
	served := slices.DeleteFunc(slices.Clone(all), func(rule rules.Rule) bool { return len(rule.Backends) == 0 })
	if len(served) == 0 {
		return rules.Backend{}, false
	}
	chosen := slices.MinFunc(served, func(a, b rules.Rule) int {
		return cmp.Or(cmp.Compare(len(a.Headers), len(b.Headers)), cmp.Compare(len(a.Path), len(b.Path)))
	})
	largest := chosen.Backends[0]
	for _, backend := range chosen.Backends {
		if backend.Weight > largest.Weight {
			largest = backend
		}
	}
	return largest, true
}

// answerOf is the hash that a route answers: the version's, and one of its own for each
// further HTTPRoute of the same hosts. The first one's probe rule matches every path, and
// would else answer for those that are not served yet.
func answerOf(set part, hash string) string {
	if set.number == 0 {
		return hash
	}
	return rollout.Hash(hash, fmt.Sprint(set.number))
}

// probedPath is what Knative's own probes ask for, and a path of its own for each
// further HTTPRoute of the same hosts.
func probedPath(part int) string {
	if part == 0 {
		return "/"
	}
	return fmt.Sprintf("/.well-known/net-gateways-probe/%d", part+1)
}

func (r Renderer) hasProbeHandler(backend rules.Backend) bool {
	service := r.in.Services[backend.Service]
	return backend.OfRevision() || service != nil && service.Labels[revisionLabel] != ""
}

// way is how a probe reaches a route.
type way struct {
	host string
	// https is the port of a listener that speaks TLS; 0 is the Gateway's own listener.
	https int32
}

// ways are one for each listener through which a route is served: a gateway programs each
// with its own table of routes. Listeners of others that do not work are not asked, as
// long as requests are not redirected to them.
func (r Renderer) ways(set part, gateway input.Gateway) []way {
	secure := []way{}
	asked, placed := []string{}, r.plan.At(set.Visibility)
	for _, host := range set.Hosts {
		at, found := placed.Termination(host)
		if set.over == onlyHTTP || !found || at.Foreign && !at.Programmed && set.over != onlyHTTPS || slices.Contains(asked, at.Hostname) {
			continue
		}
		asked = append(asked, at.Hostname)
		secure = append(secure, way{host: probe.Host(host), https: at.Port})
	}
	if set.over == onlyHTTPS || len(secure) > 0 && len(gateway.HTTPListeners) == 0 {
		return secure
	}
	return append([]way{{host: probe.Host(set.Hosts[0])}}, secure...)
}
