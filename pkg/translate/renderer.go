// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
)

// renderer makes HTTPRoutes of the rule sets of a KIngress.
type renderer struct {
	in       Input
	specHash string
	plan     listenerPlan
	report   *conditions.Report
	names    sets.Set[string]                // of the routes rendered so far
	outside  sets.Set[string]                // names of routes of hosts that are not local
	serving  map[gatewayv1.Hostname][]string // names of the routes that stand
}
