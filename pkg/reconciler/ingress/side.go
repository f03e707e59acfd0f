// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// observedSide is the Gateway that was selected for a visibility.
type observedSide struct {
	entry   config.Entry
	refusal *conditions.Refusal
	// unsaid tells that nobody knows what is wanted at this visibility, and kept that what
	// stands for it serves this generation.
	unsaid, kept bool
	// unserved tells that the operator wants nothing served at this visibility.
	unserved bool
	gateway  *gatewayv1.Gateway
	// class is the one that is believed; noClass says why there is none.
	class   *gatewayv1.GatewayClass
	noClass *conditions.Refusal
	service *corev1.Service
	slices  []*discoveryv1.EndpointSlice
	// published is the address that stands in the status; absent is for how long the Service has
	// not existed whose name it is.
	published dataplane.Published
	absent    time.Duration
}

// serves tells whether routes can be attached to the side's Gateway.
func (s observedSide) serves() bool {
	return s.refusal == nil && s.gateway != nil && string(s.gateway.Spec.GatewayClassName) == s.entry.Class && s.class != nil
}

// controller is that of the side's GatewayClass; empty when the class is not known.
func (s observedSide) controller() gatewayv1.GatewayController {
	if s.class == nil {
		return ""
	}
	return s.class.Spec.ControllerName
}

// exposure says how a side that should be private can be reached from outside, given what is
// published for it; empty when it cannot.
func (seen *observed) exposure(side status.Side) string {
	observed := seen.sides[side.Visibility]
	if side.Visibility != v1alpha1.IngressVisibilityClusterLocal {
		return ""
	}
	if _, shared := seen.config.Entry(v1alpha1.IngressVisibilityExternalIP, observed.entry.Gateway); shared {
		return config.ExternalGateways + " names it, too"
	}
	return dataplane.Exposure(observed.gateway, observed.service, side.LoadBalancer)
}
