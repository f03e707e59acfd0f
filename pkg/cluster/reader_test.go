// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/observe"
)

var _ observe.DataPlane = cluster.Reader{}

// TestReadServices: B-INS-3, Services by their names, whatever their labels are; those that claim a Gateway wherever they
// are, because who believes a label decides later.
func TestReadServices(t *testing.T) {
	objects := []runtime.Object{
		front("gateways", "standard", standardLabels), front("envoy-gateway-system", "owned", owningLabels), front("default", "forged", owningLabels),
		front("default", "elsewhere", standardLabels), front("gateways", "plain", nil),
		front("gateways", "green", map[string]string{"gateway.networking.k8s.io/gateway-name": "green"}),
	}
	inBubble(t, "by name", objects, func(t *testing.T, f *fixture) {
		reader := f.Reader(t.Context())
		for what, read := range map[string]func(types.NamespacedName) (*corev1.Service, error){"Backend": reader.Backend, "Service": reader.Service} {
			for name, exists := range map[types.NamespacedName]bool{
				{Namespace: "gateways", Name: "plain"}: true, {Namespace: "default", Name: "forged"}: true, {Namespace: "default", Name: "plain"}: false,
			} {
				found, err := read(name)
				must(t, err)
				expect(t, what+" "+name.String(), exists, found != nil && found.Name == name.Name)
			}
		}
	})
	inBubble(t, "claiming", objects, func(t *testing.T, f *fixture) {
		found, err := f.Reader(t.Context()).Claiming(ownsBlue.Gateway)
		must(t, err)
		expect(t, "Services", []string{"default/forged", "envoy-gateway-system/owned", "gateways/standard"}, namesOf(found))
	})
	inBubble(t, "unreadable", objects, func(t *testing.T, f *fixture) {
		f.refuse("services")
		reader := f.Reader(t.Context())
		_, err := reader.Claiming(ownsBlue.Gateway)
		expect(t, "Error of Claiming", "Services: services is forbidden: no right", textOf(err))
		_, err = reader.Backend(types.NamespacedName{Namespace: "default", Name: "forged"})
		expect(t, "Error of Backend", "Services of namespace default: services is forbidden: no right", textOf(err))
	})
}

// TestReadEndpointSlices: B-OPS-2, the slices of a data plane come from one watch of all that have its label, those of a
// Service that config-gateway names from one of their own.
func TestReadEndpointSlices(t *testing.T) {
	slice := func(namespace, name string, labels map[string]string) runtime.Object {
		found := &discoveryv1.EndpointSlice{ObjectMeta: named(namespace, name, map[string]string{"kubernetes.io/service-name": "envoy"})}
		for key, value := range labels {
			found.Labels[key] = value
		}
		return found
	}
	objects := []runtime.Object{
		slice("gateways", "standard", standardLabels), slice("gateways", "owned", owningLabels), slice("gateways", "plain", nil), slice("default", "elsewhere", bothLabels),
		slice("gateways", "merged", classLabels),
	}
	for name, c := range map[string]struct {
		labels   map[string]string
		labelled bool
		want     []string
		list     string
	}{
		"by the standard label":                {standardLabels, true, []string{"gateways/standard"}, `endpointslices.discovery.k8s.io of "", labels "gateway.networking.k8s.io/gateway-name", fields ""`},
		"by both, of which the standard comes": {bothLabels, true, []string{"gateways/standard"}, `endpointslices.discovery.k8s.io of "", labels "gateway.networking.k8s.io/gateway-name", fields ""`},
		"by the implementation's":              {owningLabels, true, []string{"gateways/owned"}, `endpointslices.discovery.k8s.io of "", labels "gateway.envoyproxy.io/owning-gateway-name", fields ""`},
		"by that of the class":                 {classLabels, true, []string{"gateways/merged"}, `endpointslices.discovery.k8s.io of "", labels "gateway.envoyproxy.io/owning-gatewayclass", fields ""`},
		"by the Service's name": {nil, false, []string{"gateways/merged", "gateways/owned", "gateways/plain", "gateways/standard"},
			`endpointslices.discovery.k8s.io of "gateways", labels "kubernetes.io/service-name=envoy", fields ""`},
	} {
		inBubble(t, name, objects, func(t *testing.T, f *fixture) {
			found, err := f.Reader(t.Context()).EndpointSlices(front("gateways", "envoy", c.labels), c.labelled)
			must(t, err)
			expect(t, "EndpointSlices", c.want, namesOf(found))
			expect(t, "Lists", []string{c.list}, f.lists())
		})
	}
	inBubble(t, "unreadable", nil, func(t *testing.T, f *fixture) {
		f.refuse("endpointslices")
		for _, labelled := range []bool{false, true} {
			_, err := f.Reader(t.Context()).EndpointSlices(front("gateways", "envoy", nil), labelled)
			expect(t, "Error", map[bool]string{false: "EndpointSlices of namespace gateways: ", true: "EndpointSlices: "}[labelled]+"endpointslices is forbidden: no right", textOf(err))
		}
	})
}

func TestReadProposals(t *testing.T) {
	gateway := &gatewayv1.Gateway{ObjectMeta: named("gateways", "blue", nil), Spec: gatewayv1.GatewaySpec{GatewayClassName: "fast"}}
	objects := []runtime.Object{attached("route", "cluster-local", parent("", "gateways", "blue")), gateway}
	inBubble(t, "of a visibility", objects, func(t *testing.T, f *fixture) {
		for visibility, want := range map[v1alpha1.IngressVisibility]config.Proposals{
			v1alpha1.IngressVisibilityClusterLocal: {Entries: []config.Proposal{{Class: "fast", Gateway: types.NamespacedName{Namespace: "gateways", Name: "blue"}}}}, v1alpha1.IngressVisibilityExternalIP: {},
		} {
			found, err := f.Reader(t.Context()).Proposals(visibility)
			must(t, err)
			expect(t, string(visibility), want, found)
		}
	})
}
