// SPDX-License-Identifier: Apache-2.0

package dataplane_test

import (
	"cmp"
	"regexp"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/dataplane/shapes"
	"github.com/net-gateways/net-gateways/pkg/probe"
)

const shapedHost = "hello.default.example.com"

// TestShapes: B-INS-3, B-RDY-1, B-RDY-5, B-RDY-7, B-TRN-8, B-SEL-7, what is found in data planes that cannot run here, from
// the objects that their controllers write.
func TestShapes(t *testing.T) {
	all, err := shapes.All()
	if err != nil || len(all) < 11 {
		t.Fatalf("%d shapes, error %v", len(all), err)
	}
	for _, shape := range all {
		t.Run(shape.Name, func(t *testing.T) {
			if !regexp.MustCompile(`B-[A-Z]+-\d`).MatchString(shape.Comment) || !regexp.MustCompile(`https://`).MatchString(shape.Comment) {
				t.Error("The comment names no behaviour of SPEC, or no source")
			}
			if diff := gocmp.Diff(shape.Found, found(t, shape)); diff != "" {
				t.Errorf("Found (-want, +got):\n%s", diff)
			}
		})
	}
}

// found is what the functions of this package and of pkg/probe make of a shape.
func found(t *testing.T, shape shapes.Shape) shapes.Found {
	t.Helper()
	cfg, _, err := config.Parse(map[string]string{config.ExternalGateways: "- " + shape.Entry, config.LocalGateways: "[]"}, "knative-serving")
	if err != nil {
		t.Fatal(err)
	}
	gateway, got := shape.Gateways[0], shapes.Found{}
	service := inFront(cfg.External[0], shape)
	if service != nil {
		got.Service = service.Namespace + "/" + service.Name
	}
	attachment := dataplane.Attachment{Gateway: gateway, Tenant: dataplane.Tenant{Namespace: "default"}}
	listener, refusal := attachment.ListenerFor(shapedHost)
	if refusal != "" {
		t.Error(refusal)
	}
	listener.Port = dataplane.ClientPort(listener.Port, service, shape.Slices)
	choice := probe.Choose(probe.Auto, probe.Offer{
		Endpoints: dataplane.Endpoints(listener, service, shape.Slices),
		Addresses: dataplane.Addresses(listener, gateway, service, shape.Slices),
	}, probe.Report{}, time.Unix(0, 0))
	got.Asked, got.Mode = choice.Addresses, string(choice.Mode)
	published := dataplane.LoadBalancer(gateway, service)
	if len(published) == 1 {
		got.Published = cmp.Or(published[0].DomainInternal, published[0].IP, published[0].Domain)
	}
	got.Exposed = dataplane.Exposure(gateway, service, published)
	return got
}

// inFront is the Service that the entry names, or that is found among those with a label.
func inFront(entry config.Entry, shape shapes.Shape) *corev1.Service {
	candidates := slices.DeleteFunc(slices.Clone(shape.Services), func(service *corev1.Service) bool {
		if entry.Service.Name != "" {
			return service.Namespace != entry.Service.Namespace || service.Name != entry.Service.Name
		}
		return !slices.ContainsFunc(dataplane.Selectors, func(label string) bool { return service.Labels[label] != "" })
	})
	if entry.Service.Name != "" {
		return candidates[0]
	}
	return dataplane.Discover(dataplane.Owner{Gateway: shape.Gateways[0], Controller: shape.Classes[0].Spec.ControllerName}, candidates)
}

// TestClusterIPsAreAsked: B-RDY-7, only where the endpoints of a Service do not serve its port, and the Gateway publishes
// nothing, its cluster IPs are asked.
func TestClusterIPsAreAsked(t *testing.T) {
	dummy := slice("dummy", 9999, endpoint(new(true), "192.192.192.192"))
	dummy.Ports = dummy.Ports[:1]
	away := slice("away", 10080, endpoint(new(false), "10.0.0.1"))
	away.Ports = dummy.Ports
	with := func(ips ...string) *corev1.Service {
		return service("system", "envoy", nil, corev1.ServiceSpec{ClusterIP: ips[0], ClusterIPs: ips, Ports: []corev1.ServicePort{{Name: "http", Port: 80}}})
	}
	pod := slice("pod", 10080, endpoint(new(true), "10.0.0.1"))
	for name, c := range map[string]struct {
		gateway *gatewayv1.Gateway
		service *corev1.Service
		slices  []*discoveryv1.EndpointSlice
		port    int32
		want    []string
	}{
		"a dummy":               {gateway(), with("10.96.0.1", "fd00::1"), list(dummy), 80, []string{"10.96.0.1:80", "[fd00::1]:80"}},
		"beside an address":     {gateway("203.0.113.1"), with("10.96.0.1"), list(dummy), 80, []string{"203.0.113.1:80"}},
		"of another port":       {gateway(), with("10.96.0.1"), list(dummy), 8080, []string{}},
		"of a headless Service": {gateway(), with("None"), list(dummy), 80, []string{}},
		"beside a pod":          {gateway(), with("10.96.0.1"), list(dummy, pod), 80, []string{}},
		"no pod is ready":       {gateway(), with("10.96.0.1"), list(away), 80, []string{}},
		"no endpoints at all":   {gateway(), with("10.96.0.1"), nil, 80, []string{}},
		"no Service":            {gateway(), nil, list(dummy), 80, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := gocmp.Diff(c.want, dataplane.Addresses(dataplane.Listener{Port: c.port}, c.gateway, c.service, c.slices)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func list(all ...*discoveryv1.EndpointSlice) []*discoveryv1.EndpointSlice { return all }
