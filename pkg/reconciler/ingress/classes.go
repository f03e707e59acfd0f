// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"sync"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/features"
)

// classes has the last state of each GatewayClass that features.Believe accepted. It is a cache: if a new
// leader does not find the class, the stored objects stay.
type classes struct {
	mu       sync.Mutex
	believed map[string]*gatewayv1.GatewayClass
}

func newClasses() *classes {
	return &classes{believed: map[string]*gatewayv1.GatewayClass{}}
}

// believe returns the last state of a class that was accepted, given the present one. If none ever was,
// it returns the present one.
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

// controller is the controller of the last accepted state of a class; empty if there is none.
func (c *classes) controller(name string) gatewayv1.GatewayController {
	c.mu.Lock()
	defer c.mu.Unlock()
	if class := c.believed[name]; class != nil {
		return class.Spec.ControllerName
	}
	return ""
}
