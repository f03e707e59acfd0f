// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"reflect"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// TestPlanIsAValue: neither the questions of routes nor Finish change a plan.
func TestPlanIsAValue(t *testing.T) {
	for name, features := range map[string]sets.Set[gwfeatures.FeatureName]{
		"in ListenerSets": sets.New[gwfeatures.FeatureName](gwfeatures.SupportListenerSet), "on the Gateway": nil,
	} {
		in := aMove(features)
		untouched, _ := NewPlan(in)
		plan, report := NewPlan(in)
		placed := plan.At(v1alpha1.IngressVisibilityExternalIP)
		to, exists := placed.Termination("a.example.com")
		if !exists || to.Foreign || to.Hostname != "a.example.com" || len(report.Gaps) > 0 {
			t.Fatalf("%s: TLS ends at %+v, gaps %v", name, to, report.Gaps)
		}
		uses := Uses{Awaited: []Termination{to}, Gateways: sets.New("gateways/old"), ListenerSets: sets.New("old")}
		first, again := plan.Finish(in, uses), plan.Finish(in, uses)
		if !reflect.DeepEqual(first, again) || !reflect.DeepEqual(plan, untouched) {
			t.Errorf("%s: the plan has changed", name)
		}
		alone := plan.Finish(in, Uses{})
		if len(first.ListenerSets) != len(alone.ListenerSets)+1 || len(first.Gateways[len(first.Gateways)-1].Listeners) != 1 || !first.Listeners[0].Awaited || alone.Listeners[0].Awaited {
			t.Errorf("%s: %+v, without uses %+v", name, first, alone)
		}
	}
}

// aMove is a KIngress with TLS that moves from the Gateway old to the Gateway new.
func aMove(features sets.Set[gwfeatures.FeatureName]) input.Input {
	ing := &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "hello", UID: "uid"}}
	ing.Spec.TLS = []v1alpha1.IngressTLS{{Hosts: []string{"a.example.com"}, SecretName: "a"}}
	ing.Spec.Rules = []v1alpha1.IngressRule{{Hosts: []string{"a.example.com"}}}
	own := gatewayv1.SectionName("a.example.com" + dataplane.ListenerSuffixOf(ing.UID))
	return input.Input{
		Ingress: ing,
		Gateways: map[v1alpha1.IngressVisibility]input.Gateway{v1alpha1.IngressVisibilityExternalIP: {
			Name: types.NamespacedName{Namespace: "gateways", Name: "new"}, HTTPS: input.HTTPS{Port: 443}, Features: features,
		}},
		ListenerSets: map[string]*gatewayv1.ListenerSet{"old": {
			ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "old", OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(ing, v1alpha1.SchemeGroupVersion.WithKind("Ingress"))}},
			Spec:       gatewayv1.ListenerSetSpec{ParentRef: gatewayv1.ParentGatewayReference{Namespace: new(gatewayv1.Namespace("gateways")), Name: "old"}},
		}},
		AvailableListeners: map[types.NamespacedName]dataplane.AvailableListeners{{Namespace: "gateways", Name: "old"}: {
			Listeners: []gatewayv1.Listener{{Name: own, Hostname: new(gatewayv1.Hostname("a.example.com")), Port: 443, Protocol: gatewayv1.HTTPSProtocolType}}, Held: sets.New(own),
		}},
	}
}
