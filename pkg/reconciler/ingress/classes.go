// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/features"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// classes remembers the last state of each GatewayClass that was believed. It is a cache: a
// new leader that does not find the class leaves what stands as it is.
type classes struct {
	mu       sync.Mutex
	believed map[string]*gatewayv1.GatewayClass
}

func newClasses() *classes {
	return &classes{believed: map[string]*gatewayv1.GatewayClass{}}
}

// believe returns the class to go by, given the one that is seen; nil when there is none, and
// then why.
func (c *classes) believe(name string, seen *gatewayv1.GatewayClass) (*gatewayv1.GatewayClass, *conditions.Refusal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	believed := features.Believe(c.believed[name], seen)
	switch {
	case believed != nil:
		c.believed[name] = believed
		return believed, nil
	case seen == nil:
		return nil, classUnknown(name, nil)
	}
	return nil, classUnknown(name, features.NotAccepted(seen))
}

// controller is that of the last state of a class that was believed; empty when none was.
func (c *classes) controller(name string) gatewayv1.GatewayController {
	c.mu.Lock()
	defer c.mu.Unlock()
	if class := c.believed[name]; class != nil {
		return class.Spec.ControllerName
	}
	return ""
}

// classUnknown says why it is not known what the Gateways of a class can do: it does not
// exist, or its controller does not accept it. It comes back.
func classUnknown(name string, refused *metav1.Condition) *conditions.Refusal {
	if refused == nil {
		return &conditions.Refusal{Wait: true, Code: conditions.ReasonGatewayNotFound, Detail: fmt.Sprintf(
			"GatewayClass %s does not exist: create it; until then nobody knows what its Gateways can do", name)}
	}
	return &conditions.Refusal{Wait: true, Code: conditions.ReasonGatewayNotProgrammed, Detail: fmt.Sprintf(
		"GatewayClass %s: %s is False: %s: %s", name, refused.Type, refused.Reason, refused.Message)}
}

// standsAll tells, of a side whose class is not known, that a KIngress which is settled is served
// as it was: each host of the side has its route (SPEC B-INS-9).
func (seen *observed) standsAll(side status.Side, withheld sets.Set[translate.HostAt]) bool {
	if side.NoClass == nil || !status.IsSettled(seen.ingress.Status, seen.ingress.Generation) {
		return false
	}
	hosts := seen.unservedHosts(side.Visibility, withheld)
	for _, route := range seen.routes {
		hosts.Delete(route.Spec.Hostnames...)
	}
	return len(hosts) == 0
}
