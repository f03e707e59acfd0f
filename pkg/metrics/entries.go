// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// Gateway is what the Gateway of an entry is.
type Gateway struct {
	Class                                 string
	Exists, Accepted, Programmed, Address bool
	// Private tells that clients outside the cluster cannot reach it; nil where they may.
	Private *bool
	// OwnListeners are those that KIngresses have added.
	OwnListeners, OtherListeners int
}

// Beat is whether the proxies of a Gateway answer.
type Beat struct {
	// Mode is how the entry is proven; probe.Status where nothing can be asked.
	Mode                             probe.Mode
	Reachable, Unreachable, NotReady int
}

// Gateways replaces what is known of the Gateways of all entries.
func (r *Registry) Gateways(all map[Entry]Gateway) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gateways = all
}

// Beats replaces what is known of their proxies.
func (r *Registry) Beats(all map[Entry]Beat) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.beats = all
}

// Gateway is what is known of the Gateway of an entry.
func (r *Registry) Gateway(of Entry) Gateway {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.gateways[of]
}

// Beat is what is known of the proxies of an entry.
func (r *Registry) Beat(of Entry) Beat {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.beats[of]
}

func (g Gateway) samples(at Entry) (found []sample) {
	conditions := []struct {
		name  string
		holds bool
	}{{"exists", g.Exists}, {"accepted", g.Accepted}, {"programmed", g.Programmed}, {"address", g.Address}}
	for _, condition := range conditions {
		found = append(found, gatewayStatus.is(number(condition.holds), at.labels(g.Class, condition.name)...))
	}
	if g.Private != nil {
		found = append(found, gatewayStatus.is(number(*g.Private), at.labels(g.Class, "private")...))
	}
	return found
}

func (g Gateway) listeners(at Entry) []sample {
	if !g.Exists {
		return nil
	}
	return []sample{
		gatewayListeners.is(float64(g.OwnListeners), at.Gateway.Namespace, at.Gateway.Name, "ours"),
		gatewayListeners.is(float64(g.OtherListeners), at.Gateway.Namespace, at.Gateway.Name, "others"),
	}
}

func (b Beat) samples(at Entry) []sample {
	if b.Mode == probe.Status {
		return nil
	}
	return []sample{
		gatewayEndpoints.is(float64(b.Reachable), at.labels(string(b.Mode), "reachable")...),
		gatewayEndpoints.is(float64(b.Unreachable), at.labels(string(b.Mode), "unreachable")...),
		gatewayEndpoints.is(float64(b.NotReady), at.labels(string(b.Mode), "not_ready")...),
	}
}

// labels are the values of the labels of an entry, and of more.
func (e Entry) labels(more ...string) []string {
	visibility := "external"
	if e.Visibility == v1alpha1.IngressVisibilityClusterLocal {
		visibility = "local"
	}
	return append([]string{e.Gateway.Namespace, e.Gateway.Name, visibility}, more...)
}

func number(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}
