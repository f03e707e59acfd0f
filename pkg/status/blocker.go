// SPDX-License-Identifier: Apache-2.0

package status

import (
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/apis"
)

// Reasons of conditions (SPEC B-RDY-6). Those of selection and translation stand
// there.
const (
	ReasonGatewayNotFound      = "GatewayNotFound"
	ReasonGatewayNotProgrammed = "GatewayNotProgrammed"
	ReasonRouteNotAccepted     = "RouteNotAccepted"
	ReasonRefsNotResolved      = "RefsNotResolved"
	ReasonProbeFailed          = "ProbeFailed"
	ReasonHostConflict         = "HostConflict"
	ReasonNotOwned             = "NotOwned"
	ReasonUnsupported          = "Unsupported"
	ReasonGatewayAPIMissing    = "GatewayAPIMissing"
	ReasonConfigurationRefused = "ConfigurationRefused"
	ReasonServiceNotFound      = "ServiceNotFound"
	ReasonReconcileFailed      = "ReconcileFailed"
	ReasonProbeDegraded        = "ProbeDegraded"
	ReasonLocalGatewayExposed  = "LocalGatewayExposed"
)

// Conditions that blockers concern.
const (
	network      = v1alpha1.IngressConditionNetworkConfigured
	loadBalancer = v1alpha1.IngressConditionLoadBalancerReady
)

// Blocker is why a KIngress is not Ready.
type Blocker struct {
	Condition apis.ConditionType
	Reason    string
	Message   string
	// Terminal makes the condition False instead of Unknown.
	Terminal bool
	// Definite blockers are reported at once.
	Definite bool
}

func terminal(condition apis.ConditionType, reason, message string) *Blocker {
	return &Blocker{Condition: condition, Reason: reason, Message: message, Terminal: true, Definite: true}
}

func waiting(condition apis.ConditionType, reason, message string) *Blocker {
	return &Blocker{Condition: condition, Reason: reason, Message: message}
}

func failed(condition apis.ConditionType, err Reasoned) *Blocker {
	return &Blocker{Condition: condition, Reason: err.Reason(), Message: err.Error(), Terminal: err.Terminal(), Definite: true}
}
