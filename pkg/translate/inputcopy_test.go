// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"maps"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

func inputCopy(in input.Input) input.Input {
	cloned := in
	cloned.Ingress = in.Ingress.DeepCopy()
	cloned.Services, cloned.RewriteTargets, cloned.Routes = maps.Clone(in.Services), maps.Clone(in.RewriteTargets), maps.Clone(in.Routes)
	for key := range cloned.Services {
		cloned.Services[key] = in.Services[key].DeepCopy()
	}
	for key := range cloned.RewriteTargets {
		cloned.RewriteTargets[key] = in.RewriteTargets[key].DeepCopy()
	}
	for key := range cloned.Routes {
		cloned.Routes[key] = in.Routes[key].DeepCopy()
	}
	cloned.Attached, cloned.Backing = slices.Clone(in.Attached), maps.Clone(in.Backing)
	for i := range cloned.Attached {
		cloned.Attached[i] = in.Attached[i].DeepCopy()
	}
	for key := range cloned.Backing {
		cloned.Backing[key] = in.Backing[key].DeepCopy()
	}
	cloned.Gateways = maps.Clone(in.Gateways)
	for visibility, gateway := range cloned.Gateways {
		gateway.Features = gateway.Features.Clone()
		cloned.Gateways[visibility] = gateway
	}
	cloned.ListenerSets = maps.Clone(in.ListenerSets)
	for key := range cloned.ListenerSets {
		cloned.ListenerSets[key] = in.ListenerSets[key].DeepCopy()
	}
	cloned.AvailableListeners, cloned.Grants = maps.Clone(in.AvailableListeners), maps.Clone(in.Grants)
	for name, available := range cloned.AvailableListeners {
		available.Listeners = (&gatewayv1.GatewaySpec{Listeners: available.Listeners}).DeepCopy().Listeners
		cloned.AvailableListeners[name] = available
	}
	for key := range cloned.Grants {
		cloned.Grants[key] = in.Grants[key].DeepCopy()
	}
	cloned.ConflictingHosts, cloned.Sharers = in.ConflictingHosts.Clone(), copyOfSharers(in.Sharers)
	return cloned
}
