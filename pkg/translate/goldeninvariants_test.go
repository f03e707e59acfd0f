// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

// checkAdmitted demands of every object that an API server admits it unchanged, and of every HTTPRoute that its
// rollout state can be decoded.
func checkAdmitted(t *testing.T, desired translate.Desired) {
	t.Helper()
	for _, route := range desired.All() {
		if err := admitRoute(route.Object); err != nil {
			t.Errorf("HTTPRoute %s: %v", route.Object.Name, err)
		}
		checkRuleNames(t, route.Object)
		state := rollout.Decode(route.Object.Annotations[rollout.Annotation])
		first := len(route.Warming) == 0 && route.Proofs[0].Path == "/" // further parts of the same hosts have answers of their own
		if state == nil || first && state.Hash != route.Proofs[0].Hash {
			t.Errorf("HTTPRoute %s: state %+v is not that of proof %+v", route.Object.Name, state, route.Proofs)
		}
	}
	for _, set := range desired.ListenerSets {
		if err := admitListenerSet(set); err != nil {
			t.Errorf("ListenerSet %s: %v", set.Name, err)
		}
	}
	for _, policy := range desired.Policies {
		if err := admitPolicy(policy); err != nil {
			t.Errorf("BackendTLSPolicy %s: %v", policy.Name, err)
		}
	}
	for _, grant := range desired.Grants {
		if err := admitUnchanged(referenceGrantCRD, grant, func(grant *gatewayv1beta1.ReferenceGrant) any { return grant.Spec }); err != nil {
			t.Errorf("ReferenceGrant %s: %v", grant.Name, err)
		}
	}
	for _, listeners := range desired.Gateways {
		gateway := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "any"}}
		gateway.Spec.GatewayClassName = "any"
		gateway.Spec.Listeners = listeners.Listeners
		if err := admitUnchanged(gatewayCRD, gateway, func(gateway *gatewayv1.Gateway) any { return gateway.Spec.Listeners }); err != nil && len(listeners.Listeners) > 0 {
			t.Errorf("Listeners of Gateway %s: %v", listeners.Gateway, err)
		}
	}
}

// checkSettled demands that a translation over what a translation has written changes nothing.
func checkSettled(t *testing.T, in input.Input, desired translate.Desired) {
	t.Helper()
	over := afterWrites(in, desired)
	desired.Gateways = slices.DeleteFunc(desired.Gateways, func(l listeners.GatewayListeners) bool { return len(l.Listeners) == 0 }) // left
	again, err := translate.Ingress(over)
	if err == nil && outlives(desired) { // a route leaves a ListenerSet once it is gone
		for _, route := range again.All() {
			over.Routes[route.Object.Name] = route.Object
		}
		desired = again
		again, err = translate.Ingress(over)
	}
	if diff := cmp.Diff(desired, again, cmpopts.IgnoreUnexported(routes.Route{}, attached.Outcome{}), cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Errorf("Translating over the result is not a no-op: %v\n%s", err, diff)
	}
}

// afterWrites is the input once the desired objects are stored; no gateway has reported on them yet.
func afterWrites(in input.Input, desired translate.Desired) input.Input {
	over := inputCopy(in)
	over.Warmed = nil
	for _, route := range desired.All() {
		over.Routes[route.Object.Name] = route.Object
	}
	over.ListenerSets = map[string]*gatewayv1.ListenerSet{}
	for _, set := range desired.ListenerSets {
		over.ListenerSets[set.Name] = set.DeepCopy()
		over.ListenerSets[set.Name].Status = statusOf(in.ListenerSets[set.Name])
	}
	over.Grants = map[string]*gatewayv1beta1.ReferenceGrant{}
	for _, grant := range desired.Grants {
		over.Grants[grant.Name] = grant
	}
	for _, listeners := range desired.Gateways {
		over.AvailableListeners[listeners.Gateway] = withApplied(over.AvailableListeners[listeners.Gateway], listeners)
	}
	return over
}

// outlives tells whether a route is attached to a ListenerSet that is deleted.
func outlives(desired translate.Desired) bool {
	for _, route := range desired.Routes {
		for _, parent := range route.Object.Spec.ParentRefs {
			stays := func(set *gatewayv1.ListenerSet) bool { return set.Name == string(parent.Name) }
			if parent.Kind != nil && *parent.Kind == "ListenerSet" && !slices.ContainsFunc(desired.ListenerSets, stays) {
				return true
			}
		}
	}
	return false
}

// withApplied are the available listeners of a Gateway after those of the KIngress are written.
func withApplied(available dataplane.AvailableListeners, listeners listeners.GatewayListeners) dataplane.AvailableListeners {
	available.Listeners = slices.DeleteFunc(slices.Clone(available.Listeners), func(l gatewayv1.Listener) bool { return available.Held.Has(l.Name) })
	available.Held = sets.New[gatewayv1.SectionName]()
	for _, listener := range listeners.Listeners {
		available.Listeners = append(available.Listeners, listener)
		available.Held.Insert(listener.Name)
	}
	return available
}

func statusOf(set *gatewayv1.ListenerSet) gatewayv1.ListenerSetStatus {
	if set == nil {
		return gatewayv1.ListenerSetStatus{}
	}
	return set.Status
}
