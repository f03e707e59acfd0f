// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"cmp"
	"encoding/json"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// drains tells whether a listener stays although spec.tls does not name its host any more: for the drain
// time, if the KIngress still has a host for it. draining has, by name, since when listeners have been
// draining.
func (p *planner) drains(hostname string, at place, draining map[string]time.Time) bool {
	since, known := draining[at.name]
	if !known {
		since = p.in.Move.Now.UTC().Truncate(time.Second)
	}
	left := since.Add(p.in.Move.Drain).Sub(p.in.Move.Now)
	if !p.hasHost(hostname) || left <= 0 {
		return false
	}
	p.draining[at] = since
	p.requeueIn(left)
	return true
}

// waits tells whether a listener stays because the listener that takes its hosts does not work yet. This
// may last, because a listener of another namespace may have the hostname.
func (p *planner) waits(hostname string) bool {
	next, found := p.inSets.of(hostname)
	return found && !p.stored[next].programmed && p.hasHost(hostname)
}

// drainingOnGateway are the draining listeners with the certificate of this one, by the annotation of its
// ReferenceGrant.
func (p *planner) drainingOnGateway(listener gatewayv1.Listener) map[string]time.Time {
	for _, ref := range certificatesOf(listener) {
		if grant := p.in.Grants[names.Grant(p.in.Ingress.Name, p.gateway.Name, ref.Name)]; grant != nil {
			return drainingOf(grant)
		}
	}
	return nil
}

func drainingOf(object metav1.Object) map[string]time.Time {
	since := map[string]time.Time{}
	if json.Unmarshal([]byte(cmp.Or(object.GetAnnotations()[names.DrainingAnnotation], "{}")), &since) != nil || since == nil {
		return map[string]time.Time{} // another writer changed it: the drain time begins again
	}
	return since
}

func encodeDraining(since map[string]time.Time) string {
	encoded, err := json.Marshal(since)
	if err != nil { // names and times of this century always marshal
		panic(err)
	}
	return string(encoded)
}
