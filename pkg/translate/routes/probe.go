// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"cmp"
	"fmt"
	"path"
	"slices"

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

// probeRule adds a rule that answers probes with the hash, before all others, and returns its probes, one
// for each listener. Networking's probe handler (in activator and queue-proxy) echoes the request header.
// A plain Service does not: the gateway itself adds the hash to its response (SPEC B-RDY-2).
//
// One probe rule an HTTPRoute is enough: a gateway programs a route as a whole.
func (r Renderer) probeRule(object *gatewayv1.HTTPRoute, set part, gateway input.Gateway, hash string) []Proof {
	proof := Proof{Path: r.probedPath(set), Hash: hash}
	if backend, found := probedBackend(set.Rules); found {
		rule := r.answer(&proof, backend, gateway)
		object.Spec.Rules = slices.Insert(object.Spec.Rules, placeOfProbe(r.in.Routes[object.Name], len(object.Spec.Rules)), rule)
	}
	proofs := []Proof{}
	for _, listener := range r.probedListeners(set, gateway) {
		proof.Host, proof.HTTPS = listener.host, listener.https
		proofs = append(proofs, proof)
	}
	return proofs
}

// placeOfProbe is the index of the rule for probes among so many others: the first, or its index on the
// stored route. It comes after the rules that another client wrote, which must keep their places
// (order.go).
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

// answer is the rule that answers a probe. The backend gives the answer if it has a probe handler.
func (r Renderer) answer(proof *Proof, backend rules.Backend, gateway input.Gateway) gatewayv1.HTTPRouteRule {
	hash := []rules.Header{{Name: header.HashKey, Value: proof.Hash}}
	added := []rules.Header{}
	if gateway.Features.Has(gwfeatures.SupportHTTPRouteResponseHeaderModification) {
		proof.Answers = probe.Gateway
		proof.FormerMarker = formerMarker(r.mark, proof.Path)
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

// marker hashes the former marker, because every client of a host can see it, and the UID of an object is
// for those who may read the object.
func marker(former string) string { return rollout.Hash(former)[:32] }

// formerMarker differs for each object, each generation of its spec and each probed path. With one marker
// for all paths, a rule that matches them all could answer for one that is not served, and its answer
// would count as that of a former version (SPEC B-RDY-10).
func formerMarker(mark, probed string) string {
	if probed == "/" {
		return mark
	}
	return mark + "." + path.Base(probed)
}

// probedBackend is the backend with the largest weight of the rule that most requests match: the one with
// the fewest header matches and the shortest path. So the solver of an ACME challenge, whose rule stands
// beside it for a while, is not probed. There is none if no rule can be served.
func probedBackend(all []rules.Rule) (backend rules.Backend, found bool) {
	missing := func(backend rules.Backend) bool { return backend.Unresolved != nil }
	served := slices.DeleteFunc(slices.Clone(all), func(rule rules.Rule) bool {
		return !slices.ContainsFunc(rule.Backends, func(backend rules.Backend) bool { return !missing(backend) })
	})
	if len(served) == 0 {
		return rules.Backend{}, false
	}
	chosen := slices.MinFunc(served, func(a, b rules.Rule) int {
		return cmp.Or(cmp.Compare(len(a.Headers), len(b.Headers)), cmp.Compare(len(a.Path), len(b.Path)))
	})
	largest := rules.Backend{}
	for _, backend := range chosen.Backends {
		if backend.Weight > largest.Weight && !missing(backend) {
			largest = backend
		}
	}
	return largest, true
}

// answerOf is the hash that a route answers: that of the version, and another one for each further
// HTTPRoute of the same hosts. Otherwise the first one, whose probe rule matches every path, would answer
// for those that are not served yet.
func answerOf(set part, hash string) string {
	if set.number == 0 {
		return hash
	}
	return rollout.Hash(hash, fmt.Sprint(set.number))
}

// probedPaths are where probes ask for the HTTPRoutes of the same hosts after the first.
const probedPaths = "/.well-known/net-gateways-probe/"

// probedPath is what Knative's own probes ask for, and a path of its own for each
// further HTTPRoute of the same hosts.
func (r Renderer) probedPath(set part) string {
	switch {
	case r.forUser != "":
		return probedPaths + rollout.Hash(set.name)[:12]
	case set.number == 0:
		return "/"
	}
	return fmt.Sprint(probedPaths, set.number+1)
}

func (r Renderer) hasProbeHandler(backend rules.Backend) bool {
	service := r.in.Services[backend.Service]
	return backend.OfRevision() || service != nil && service.Labels[revisionLabel] != ""
}

// probedListener is a listener through which a probe reaches a route.
type probedListener struct {
	host string
	// https is the port of a listener for TLS; 0 is the Gateway's own listener.
	https int32
}

// probedListeners are all listeners through which a route is served, because a gateway may program each
// with a table of routes of its own. A foreign listener that does not work is left out, unless requests
// are redirected to it.
func (r Renderer) probedListeners(set part, gateway input.Gateway) []probedListener {
	secure := []probedListener{}
	asked, placed := []string{}, r.plan.At(set.Visibility)
	for _, host := range set.Hosts {
		at, found := placed.Termination(host)
		if set.protocols == onlyHTTP || !found || at.Foreign && !at.Programmed && set.protocols != onlyHTTPS || slices.Contains(asked, at.Hostname) {
			continue
		}
		asked = append(asked, at.Hostname)
		secure = append(secure, probedListener{host: probe.Host(host), https: at.Port})
	}
	if set.protocols == onlyHTTPS || len(secure) > 0 && len(gateway.HTTPListeners) == 0 {
		return secure
	}
	return append([]probedListener{{host: probe.Host(set.Hosts[0])}}, secure...)
}
