// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Changes are the writes that lead from the current objects to the desired ones,
// in a stable order.
type Changes struct {
	Create []*gatewayv1.HTTPRoute
	Update []Update
	Delete []*gatewayv1.HTTPRoute
}

// Update is a change of an object that exists.
type Update struct {
	Current, Desired *gatewayv1.HTTPRoute
}

// Empty tells that nothing is to be written.
func (c Changes) Empty() bool {
	return len(c.Create)+len(c.Update)+len(c.Delete) == 0
}

// Plan compares what an owner's objects are with what they should be. Current may
// hold objects of others; they are left alone.
func Plan(owner metav1.Object, current, desired []*gatewayv1.HTTPRoute) Changes {
	mine := map[string]*gatewayv1.HTTPRoute{}
	for _, object := range current {
		if metav1.IsControlledBy(object, owner) && object.DeletionTimestamp == nil {
			mine[object.Name] = object
		}
	}
	changes := Changes{}
	for _, want := range desired {
		have, exists := mine[want.Name]
		delete(mine, want.Name)
		switch {
		case !exists:
			changes.Create = append(changes.Create, want)
		case differs(have, want):
			changes.Update = append(changes.Update, Update{Current: have, Desired: want})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(mine)) {
		changes.Delete = append(changes.Delete, mine[name])
	}
	return changes
}

// differs compares only what we own: the three lists of the spec, each of which the
// API replaces as a whole, our labels and annotations, and nothing of others.
func differs(have, want *gatewayv1.HTTPRoute) bool {
	return !equality.Semantic.DeepEqual(have.Spec.ParentRefs, want.Spec.ParentRefs) ||
		!equality.Semantic.DeepEqual(have.Spec.Hostnames, want.Spec.Hostnames) ||
		!equality.Semantic.DeepEqual(have.Spec.Rules, want.Spec.Rules) ||
		!holds(have.Labels, want.Labels) ||
		!holds(have.Annotations, want.Annotations) ||
		len(leftovers(have, want)) > 0
}

func holds(have, want map[string]string) bool {
	for key, value := range want {
		if current, ok := have[key]; !ok || current != value {
			return false
		}
	}
	return true
}
