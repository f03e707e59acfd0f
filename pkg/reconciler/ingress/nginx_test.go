// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/tools/txtar"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane/shapes"
)

const nginx gatewayv1.GatewayController = "gateway.nginx.org/nginx-gateway-controller"

// TestNGINXGatewayFabric: B-TRN-2, B-RDY-6, the conditions of a service on NGINX Gateway Fabric, whose routes are in
// pkg/translate/testdata/nginx-gateway-fabric: each gap is named, and gRPC is refused in the gateway's own words.
func TestNGINXGatewayFabric(t *testing.T) {
	const (
		headers = ".appendHeaders: headers of a split are not set (the gateway does not support HTTPRouteBackendRequestHeaderModification)"
		first   = "spec.rules[0].http.paths[0].splits[0]" + headers
		second  = "spec.rules[0].http.paths[0].splits[1]" + headers
		refused = "False RefsNotResolved: HTTPRoute default/" + publicHost + " on Gateway gateways/external: ResolvedRefs is False: UnsupportedProtocol: " + unsupported
		http2   = "spec.rules[0].http.paths[0].splits[0] (port 80 of Service default/hello-00001): HTTP/2 to the backend is not spoken (the gateway does not support HTTPRouteBackendProtocolH2C)"
	)
	for name, c := range map[string]struct {
		refuses bool
		want    map[string]string
		events  []string
	}{
		"ksvc":      {want: isReady},
		"ksvc-tags": {want: isReady},
		"ksvc-split": {want: map[string]string{"Ready": "True", "LoadBalancerReady": "True", "NetworkConfigured": "True Unsupported: " + first + "; " + second},
			events: []string{"Unsupported " + first, "Unsupported " + second}},
		"ksvc-grpc": {refuses: true, want: map[string]string{"Ready": refused, "NetworkConfigured": refused, "LoadBalancerReady": "True"}, events: []string{"Unsupported " + http2}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				w := data.serves(newWorld(t, onNGINX(t, name)...))
				w.answersAt("10.42.0.10:80", data)
				w.until("its routes are written", func() bool { return len(w.routes()) > 0 })
				w.pass(time.Second)
				for route := range w.routes() {
					w.acceptedBy(nginx, route)
					if c.refuses {
						w.refusesHTTP2(route)
					}
				}
				w.pass(time.Minute)
				expect(t, "Conditions", c.want, w.conditions("hello"))
				said := w.said()
				for _, event := range c.events {
					if !slices.Contains(said, event) {
						t.Errorf("Events %q, want %q", said, event)
					}
				}
			})
		})
	}
}

// onNGINX is a cluster with NGINX Gateway Fabric and the objects of a golden.
func onNGINX(t *testing.T, golden string) []runtime.Object {
	t.Helper()
	all, err := shapes.All()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(all, func(shape shapes.Shape) bool { return shape.Name == "nginx-gateway-fabric" })
	objects := slices.DeleteFunc(anInstallationOf(all[at]), func(object runtime.Object) bool {
		service, ok := object.(*corev1.Service)
		return ok && service.Namespace == "default"
	})
	archive, err := txtar.ParseFile("../../translate/testdata/nginx-gateway-fabric/" + golden + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archive.Files {
		switch file.Name {
		case "ingress.yaml":
			ing := &v1alpha1.Ingress{}
			decode(t, file.Data, ing)
			ing.Generation, ing.ResourceVersion = 1, "1"
			ing.Annotations["networking.knative.dev/ingress.class"] = config.IngressClass
			objects = append(objects, ing)
		case "observed.yaml":
			for _, document := range strings.Split(string(file.Data), "\n---\n") {
				if strings.Contains(document, "kind: Service\n") {
					service := &corev1.Service{}
					decode(t, []byte(document), service)
					service.ResourceVersion = "1"
					objects = append(objects, service)
				}
			}
		}
	}
	return objects
}

func decode(t *testing.T, text []byte, object any) {
	t.Helper()
	if err := yaml.UnmarshalStrict(text, object); err != nil {
		t.Fatal(err)
	}
}

// unsupported is what NGINX Gateway Fabric 2.6 says of h2c: validateRouteBackendRefAppProtocol in its
// internal/controller/state/graph/backend_refs.go.
const unsupported = "route type http does not support service port appProtocol kubernetes.io/h2c; nginx does not support proxying to upstreams with http2 or h2c"

// refusesHTTP2 reports a route's reference to a backend as NGINX Gateway Fabric does.
func (w *world) refusesHTTP2(route string) {
	w.Helper()
	changed := w.routes()[route].DeepCopy()
	conditions := changed.Status.Parents[0].Conditions
	for i := range conditions {
		if conditions[i].Type == "ResolvedRefs" {
			conditions[i].Status, conditions[i].Reason, conditions[i].Message = metav1.ConditionFalse, "UnsupportedProtocol", unsupported
		}
	}
	w.replaces(changed)
}
