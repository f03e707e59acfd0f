// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// aCrowdedWorld is a world with so many Ready KIngresses on the Gateway blue, and with hello on green.
func aCrowdedWorld(t *testing.T, many int, besides ...runtime.Object) *world {
	t.Helper()
	data := newPlane(t)
	onGreen := aKIngress("hello", 0)
	onGreen.Labels = map[string]string{"gateway": "green"}
	objects := append(anInstallation(data), onGreen)
	for i := range many {
		ing := aKIngress(fmt.Sprintf("s%02d", i), 0)
		ing.Spec.Rules = ing.Spec.Rules[1:]
		ing.Spec.Rules[0].Hosts = []string{ing.Name + ".default.example.com"}
		objects = append(objects, ing)
	}
	w := data.serves(newWorld(t, append(objects, besides...)...))
	w.drain()
	w.pass(time.Minute)
	for _, object := range objects {
		if ing, ok := object.(*v1alpha1.Ingress); ok && !w.is(ing.Name, "True")() {
			t.Fatalf("%s is not Ready: %v", ing.Name, w.conditions(ing.Name))
		}
	}
	return w
}

// distinct are the names of keys, each once, sorted; nil for none.
func distinct(keys []types.NamespacedName) []string {
	names := sets.New[string]()
	for _, key := range keys {
		names.Insert(key.Name)
	}
	return slices.Sorted(maps.Keys(names))
}

func (w *world) frontOf(gateway string) *corev1.Service {
	w.Helper()
	stored, err := w.kube.Tracker().Get(coreServices, "gateways", "envoy-"+gateway)
	w.must(err)
	return stored.(*corev1.Service).DeepCopy()
}

func (w *world) sliceOf(gateway string) *discoveryv1.EndpointSlice {
	w.Helper()
	stored, err := w.kube.Tracker().Get(endpointSlices, "gateways", "envoy-"+gateway)
	w.must(err)
	return stored.(*discoveryv1.EndpointSlice).DeepCopy()
}
