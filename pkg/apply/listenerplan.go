// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// ListenerChange is all the listeners that a KIngress should have on a Gateway.
type ListenerChange struct {
	Gateway *gatewayv1.Gateway
	Desired []gatewayv1.Listener
	// Adds tells that some are new or different; otherwise it only removes some.
	Adds bool
}

// PlanListeners compares the listeners that the KIngress of a UID has on a Gateway with
// those that it should have; nil if they are equal. Fields that other field managers have
// added to them do not count.
func PlanListeners(owner types.UID, gateway *gatewayv1.Gateway, desired []gatewayv1.Listener) *ListenerChange {
	owned := dataplane.OwnedListeners(gateway, owner)
	stored := map[gatewayv1.SectionName]gatewayv1.Listener{}
	for _, listener := range gateway.Spec.Listeners {
		stored[listener.Name] = listener
	}
	change := &ListenerChange{Gateway: gateway, Desired: desired}
	for _, want := range desired {
		have := stored[want.Name]
		change.Adds = change.Adds || !owned.Has(want.Name) || !equality.Semantic.DeepEqual(dataplane.OwnFields(have), want)
	}
	if !change.Adds && change.left(gateway, owner).Len() == 0 {
		return nil
	}
	return change
}

// left are the listeners of the owner on a Gateway that it should not have.
func (c *ListenerChange) left(gateway *gatewayv1.Gateway, owner types.UID) sets.Set[gatewayv1.SectionName] {
	left := dataplane.HeldListeners(gateway, owner)
	for _, want := range c.Desired {
		left.Delete(want.Name)
	}
	return left
}
