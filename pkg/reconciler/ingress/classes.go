// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"sync"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/features"
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

// believe returns the class to go by, given the one that is seen. Where none was ever believed that is
// the one that is seen.
func (c *classes) believe(name string, seen *gatewayv1.GatewayClass) *gatewayv1.GatewayClass {
	c.mu.Lock()
	defer c.mu.Unlock()
	believed := features.Believe(c.believed[name], seen)
	if believed == nil {
		return seen
	}
	c.believed[name] = believed
	return believed
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
