// SPDX-License-Identifier: Apache-2.0

package conditions

// Reasons of the conditions of KIngresses.
const (
	ReasonConfigurationRefused = "ConfigurationRefused"
	ReasonGatewayAPIMissing    = "GatewayAPIMissing"
	ReasonGatewayNotConfigured = "GatewayNotConfigured"
	ReasonGatewayNotFound      = "GatewayNotFound"
	ReasonGatewayNotProgrammed = "GatewayNotProgrammed"
	ReasonGatewayUnsuitable    = "GatewayUnsuitable"
	ReasonHostConflict         = "HostConflict"
	ReasonLocalGatewayExposed  = "LocalGatewayExposed"
	ReasonNotOwned             = "NotOwned"
	ReasonProbeDegraded        = "ProbeDegraded"
	ReasonProbeFailed          = "ProbeFailed"
	ReasonReconcileFailed      = "ReconcileFailed"
	ReasonRefsNotResolved      = "RefsNotResolved"
	ReasonRouteNotAccepted     = "RouteNotAccepted"
	ReasonServiceNotFound      = "ServiceNotFound"
	ReasonUnsupported          = "Unsupported"
)
