// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/status"
)

const balancer = "203.0.113.1"

var coreServices = corev1.SchemeGroupVersion.WithResource("services")

// fronts are the Services and slices of the Gateways' data planes.
func isFront(object runtime.Object) bool {
	switch found := object.(type) {
	case *corev1.Service:
		return strings.HasPrefix(found.Name, "envoy-")
	case *discoveryv1.EndpointSlice:
		return true
	}
	return false
}

// aPublishingWorld is a world in which hello is Ready on Gateways with an address that answers. It also
// returns the Services of their data planes, which are not among the stored objects if hidden.
func aPublishingWorld(t *testing.T, data *plane, hidden bool, besides ...runtime.Object) (*world, map[string]runtime.Object) {
	t.Helper()
	objects, fronts := besides, map[string]runtime.Object{}
	for _, object := range anInstallation(data) {
		if gateway, ok := object.(*gatewayv1.Gateway); ok {
			withAddress(gateway)
		}
		if isFront(object) {
			if service, ok := object.(*corev1.Service); ok {
				fronts[service.Name] = service
			}
			if hidden {
				continue
			}
		}
		objects = append(objects, object)
	}
	w := newWorld(t, append(objects, aKIngress("hello", 0))...)
	w.network.AddAt(balancer+":80", data.listeners[1])
	data.serves(w)
	w.until("hello is Ready", w.is("hello", "True"))
	w.writes()
	return w, fronts
}

// published are the public and the private address.
func (w *world) published() [2]string {
	w.Helper()
	found := [2]string{}
	for i, published := range []*v1alpha1.LoadBalancerStatus{w.ingress("hello").Status.PublicLoadBalancer, w.ingress("hello").Status.PrivateLoadBalancer} {
		if published != nil && len(published.Ingress) == 1 {
			found[i] = published.Ingress[0].IP + published.Ingress[0].DomainInternal + published.Ingress[0].Domain
		}
	}
	return found
}

func inCluster(name string) string { return name + ".gateways.svc.cluster.local" }

// TestServiceAwayForAMoment: B-RDY-8, B-RDY-5, a published name stays while its Service does not exist
// for a moment, although the Gateway has an address that answers. If the Service does not come back, that
// address is published.
func TestServiceAwayForAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, fronts := aPublishingWorld(t, newPlane(t), false)
		names := [2]string{inCluster("envoy-blue"), inCluster("envoy-inner")}
		expect(t, "Published", names, w.published())
		for range 2 {
			w.must(w.kube.Tracker().Delete(coreServices, "gateways", "envoy-inner"))
			w.pass(status.GraceWhenReady - time.Second)
			w.store(fronts["envoy-inner"])
			w.pass(time.Minute)
		}
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Published", names, w.published())

		w.must(w.kube.Tracker().Delete(coreServices, "gateways", "envoy-inner"))
		w.pass(time.Minute)
		expect(t, "Published once it is gone", [2]string{names[0], balancer}, w.published())
		expect(t, "Writes", []string{"update ingresses/status"}, w.writes())
		w.store(fronts["envoy-inner"])
		w.pass(time.Minute)
		expect(t, "Published when it is back", [2]string{names[0], balancer}, w.published())
		expect(t, "Writes", []string{}, w.writes())
	})
}

// TestNothingElseAnswers: B-RDY-8, a published name stays while nothing else is proven.
func TestNothingElseAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := aPublishingWorld(t, newPlane(t), false)
		w.network.Remove(balancer + ":80")
		w.must(w.kube.Tracker().Delete(coreServices, "gateways", "envoy-inner"))
		w.pass(5 * time.Minute)
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Published", [2]string{inCluster("envoy-blue"), inCluster("envoy-inner")}, w.published())
	})
}

// TestAnotherService: B-RDY-8, if the published Service is deleted and the Gateway has another, that one
// is published once it has answered.
func TestAnotherService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, later := newPlane(t), newPlane(t)
		w, _ := aPublishingWorld(t, first, false)
		later.serves(w)
		later.deaf.Store(true)
		renamed := aFront("inner", later)
		renamed[0].(*corev1.Service).Name = "a-new-one"
		slice := renamed[1].(*discoveryv1.EndpointSlice)
		slice.Name, slice.Labels[discoveryv1.LabelServiceName] = "a-new-one", "a-new-one"
		w.store(renamed[0])
		w.store(renamed[1])
		w.pass(time.Minute)
		expect(t, "Published beside another", inCluster("envoy-inner"), w.published()[1])
		w.must(w.kube.Tracker().Delete(coreServices, "gateways", "envoy-inner"))
		w.pass(time.Minute)
		expect(t, "Published while the other does not answer", inCluster("envoy-inner"), w.published()[1])
		expect(t, "Writes", []string{}, w.writes())
		later.deaf.Store(false)
		w.pass(time.Minute)
		expect(t, "Published when it does", inCluster("a-new-one"), w.published()[1])
		expect(t, "Writes", []string{"update ingresses/status"}, w.writes())
		expect(t, "Questions that are left", 0, len(w.known().Results))
	})
}

// TestMistakeInService: B-RDY-8, B-INS-9, if the `service` of an entry does not exist, the status says
// so, and the published address stays, even if its Service has no label by which it could be found.
func TestMistakeInService(t *testing.T) {
	for name, labelled := range map[string]bool{"by label": true, "by name": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				lists := map[string]string{
					"external-gateways": "- {class: envoy, gateway: gateways/blue, service: gateways/envoy-blue}",
					"local-gateways":    "- {class: envoy, gateway: gateways/inner, service: gateways/envoy-inner}",
				}
				w, fronts := aPublishingWorld(t, newPlane(t), false, aConfigGateway(lists))
				if !labelled {
					bare := fronts["envoy-inner"].DeepCopyObject().(*corev1.Service)
					bare.Labels = nil
					w.replaces(bare)
				}
				w.pass(time.Minute)
				lists = maps.Clone(lists)
				lists["local-gateways"] = "- {class: envoy, gateway: gateways/inner, service: gateways/envoy-innner}"
				w.configuration.OnChange(aConfigGateway(lists))
				w.pass(5 * time.Minute)
				expect(t, "Published", [2]string{inCluster("envoy-blue"), inCluster("envoy-inner")}, w.published())
				said := w.conditions("hello")["NetworkConfigured"]
				if !strings.HasPrefix(said, "True ServiceNotFound: Service gateways/envoy-innner, which local-gateways[0] (gateways/inner) names, does not exist; using ") {
					t.Errorf("NetworkConfigured %q", said)
				}
				expect(t, "Writes", []string{"update ingresses/status"}, w.writes())
				if labelled {
					return
				}
				w.must(w.kube.Tracker().Delete(coreServices, "gateways", "envoy-inner"))
				w.pass(5 * time.Minute)
				expect(t, "Published, though it is gone", inCluster("envoy-inner"), w.published()[1])
			})
		})
	}
}
