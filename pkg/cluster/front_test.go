// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

var (
	standardLabels = map[string]string{"gateway.networking.k8s.io/gateway-name": "blue"}
	owningLabels   = map[string]string{"gateway.envoyproxy.io/owning-gateway-name": "blue", "gateway.envoyproxy.io/owning-gateway-namespace": "gateways"}
	bothLabels     = map[string]string{
		"gateway.networking.k8s.io/gateway-name":    "blue",
		"gateway.envoyproxy.io/owning-gateway-name": "blue", "gateway.envoyproxy.io/owning-gateway-namespace": "gateways",
	}
	classLabels = map[string]string{"gateway.envoyproxy.io/owning-gatewayclass": "merged"}
	ownsBlue    = dataplane.Owner{
		Gateway:    &gatewayv1.Gateway{ObjectMeta: named("gateways", "blue", nil), Spec: gatewayv1.GatewaySpec{GatewayClassName: "merged"}},
		Controller: "gateway.envoyproxy.io/gatewayclass-controller",
	}
)

func front(namespace, name string, labels map[string]string) *corev1.Service {
	return &corev1.Service{ObjectMeta: named(namespace, name, labels)}
}

// listsFronts starts the informers of the Services of data planes.
func (f *fixture) listsFronts(t *testing.T) {
	t.Helper()
	_, err := f.Reader(t.Context()).Claiming(ownsBlue.Gateway)
	must(t, err)
}

// TestFront: B-INS-3, the Service of a Gateway among those that informers show, by either label, and none that a tenant
// labelled.
func TestFront(t *testing.T) {
	for _, c := range []struct {
		name     string
		services []runtime.Object
		want     string // its name; empty for none
	}{
		{"none", nil, ""},
		{"by the standard label", []runtime.Object{front("gateways", "envoy", standardLabels)}, "envoy"},
		{"by the implementation's labels", []runtime.Object{front("envoy-gateway-system", "envoy", owningLabels)}, "envoy"},
		{"by the label of its class", []runtime.Object{front("envoy-gateway-system", "envoy", classLabels)}, "envoy"},
		{"a tenant's, by the label of its class", []runtime.Object{front("default", "forged", classLabels)}, ""},
		{"by both", []runtime.Object{front("gateways", "envoy", bothLabels)}, "envoy"},
		{"the first of several", []runtime.Object{front("gateways", "envoy-b", standardLabels), front("gateways", "envoy-a", standardLabels)}, "envoy-a"},
		{"a tenant's", []runtime.Object{front("default", "forged", bothLabels)}, ""},
		{"of another Gateway", []runtime.Object{front("gateways", "envoy", map[string]string{"gateway.networking.k8s.io/gateway-name": "green"})}, ""},
		{"without a label", []runtime.Object{front("gateways", "envoy", nil)}, ""},
	} {
		inBubble(t, c.name, c.services, func(t *testing.T, f *fixture) {
			if found := f.Front(ownsBlue); found != nil {
				t.Errorf("Found %s before any was listed", found.Name)
			}
			f.listsFronts(t)
			name := ""
			if found := f.Front(ownsBlue); found != nil {
				name = found.Name
			}
			expect(t, "Service", c.want, name)
		})
	}
}

// TestIsFront: B-SEL-6, whether an event about a Service concerns a Gateway is decided by the state in the event and by
// what else informers show.
func TestIsFront(t *testing.T) {
	shown := []runtime.Object{front("gateways", "envoy-b", standardLabels), front("default", "forged", bothLabels)}
	for _, c := range []struct {
		name    string
		service *corev1.Service
		want    bool
	}{
		{"the one that is found", front("gateways", "envoy-b", standardLabels), true},
		{"it has lost its label", front("gateways", "envoy-b", nil), false},
		{"it now has the other label too", front("gateways", "envoy-b", bothLabels), true},
		{"one that comes before it", front("gateways", "envoy-a", standardLabels), true},
		{"one that comes behind it", front("gateways", "envoy-c", standardLabels), false},
		{"one where the implementation has them", front("envoy-gateway-system", "envoy", owningLabels), true},
		{"a tenant's", front("default", "forged", bothLabels), false},
	} {
		inBubble(t, c.name, shown, func(t *testing.T, f *fixture) {
			f.listsFronts(t)
			expect(t, "IsFront", c.want, f.IsFront(ownsBlue, c.service))
		})
	}
	inBubble(t, "before any is listed", nil, func(t *testing.T, f *fixture) {
		expect(t, "IsFront", true, f.IsFront(ownsBlue, front("gateways", "envoy", standardLabels)))
		expect(t, "Lists", []string{}, f.lists())
	})
}

// TestShownFront: B-SEL-6, a Service with the label of any data plane, by its name.
func TestShownFront(t *testing.T) {
	objects := []runtime.Object{front("gateways", "standard", standardLabels), front("envoy-gateway-system", "owned", owningLabels), front("gateways", "plain", nil)}
	inBubble(t, "by name", objects, func(t *testing.T, f *fixture) {
		names := map[types.NamespacedName]bool{
			{Namespace: "gateways", Name: "standard"}: true, {Namespace: "envoy-gateway-system", Name: "owned"}: true,
			{Namespace: "gateways", Name: "plain"}: false, {Namespace: "gateways", Name: "owned"}: false,
		}
		for name := range names {
			expect(t, "Before any is listed", (*corev1.Service)(nil), f.ShownFront(name))
		}
		f.listsFronts(t)
		for name, want := range names {
			expect(t, name.String()+" is shown", want, f.ShownFront(name) != nil)
		}
	})
}
