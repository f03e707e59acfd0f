// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"unsafe"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

const large = 250 << 10

// withAnnotation gives an object an annotation of 250 KiB, and managedFields of a tenth of that, each in
// memory of its own, as in a decoded object.
func withAnnotation[T metav1.Object](object T) T {
	annotations := map[string]string{"example.com/notes": strings.Repeat("x", large)}
	for key, value := range object.GetAnnotations() {
		annotations[key] = value
	}
	object.SetAnnotations(annotations)
	object.SetManagedFields([]metav1.ManagedFieldsEntry{{Manager: "kubectl", FieldsV1: &metav1.FieldsV1{Raw: []byte(`{"f:metadata":{"` + strings.Repeat("f", large/10) + `":{}}}`)}}})
	return object
}

// TestInformersTrim: B-OPS-2, the Services, namespaces, KIngresses, Gateways and routes in informers have
// neither the annotations of other clients nor managedFields. Annotations that are carried over are in
// memory once, even after a change of the KIngress.
func TestInformersTrim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		objects := append(anInstallation(data), withAnnotation(aKIngress("hello", 0)))
		for _, object := range objects {
			switch object := object.(type) {
			case *corev1.Service:
				withAnnotation(object)
			case *corev1.Namespace:
				withAnnotation(object)
			case *gatewayv1.Gateway:
				withAnnotation(object).ManagedFields[0].Subresource = "status"
			}
		}
		w := data.serves(newWorld(t, objects...))
		w.until("hello is Ready", w.is("hello", "True"))
		foreign := w.routes()[publicHost].DeepCopy()
		foreign.Annotations["example.com/theirs"] = "x"
		w.replaces(foreign)
		w.changeIngress("hello", func(ing *v1alpha1.Ingress) { withAnnotation(ing).Annotations["example.com/team"] = "a" })
		w.drain()

		ing, err := w.r.lister.Ingresses("default").Get("hello")
		w.must(err)
		notes := ing.Annotations["example.com/notes"]
		expect(t, "Length of what is carried over", large, len(notes))
		expect(t, "managedFields of KIngresses", 0, len(ing.ManagedFields))
		space, err := w.r.namespaces.Get("default")
		w.must(err)
		expect(t, "Annotations and managedFields of namespaces", 0, len(space.Annotations)+len(space.ManagedFields))
		backend := cluster.Shown[corev1.Service](w.r.cluster, cluster.BackendServices("default"), types.NamespacedName{Namespace: "default", Name: "hello-00001"})
		expect(t, "Annotations and managedFields of Services", 0, len(backend.Annotations)+len(backend.ManagedFields))
		gateway := cluster.Shown[gatewayv1.Gateway](w.r.cluster, cluster.AllGateways, blue)
		expect(t, "Annotations of Gateways", 0, len(gateway.Annotations))
		expect(t, "managedFields of their status", 0, len(gateway.ManagedFields))
		for _, name := range []string{publicHost, privateHost} {
			route := cluster.Shown[gatewayv1.HTTPRoute](w.r.cluster, cluster.OurRoutes, types.NamespacedName{Namespace: "default", Name: name})
			if kept := route.Annotations["example.com/notes"]; unsafe.StringData(kept) != unsafe.StringData(notes) {
				t.Errorf("HTTPRoute %s has %d bytes of its own", name, len(kept))
			}
			expect(t, "Annotation of the KIngress", "a", route.Annotations["example.com/team"])
			expect(t, "Annotation of others", "", route.Annotations["example.com/theirs"])
		}
	})
}

// TestMemoryOfAnnotations: B-OPS-2, 1,500 Services with 250 KiB of annotations and 300 KIngresses with as many,
// each with two HTTPRoutes, need less than 100 MiB: the annotations of the KIngresses, once, are 73.
func TestMemoryOfAnnotations(t *testing.T) {
	ingresses, stores := newStore(), map[watch.Kind]cache.Store{cluster.Services: newStore(), cluster.HTTPRoutes: newStore()}
	trims := (cluster.Clients{Ingresses: ingresses}).Trims()
	keep := func(kind watch.Kind, object metav1.Object) {
		kept, err := cluster.Trimmed(trims[kind])(object)
		if err == nil {
			err = stores[kind].Add(kept)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	owns := `{"f:metadata":{"f:annotations":{"f:example.com/notes":{}}}}`
	before := heapInUse()
	for i := range 1500 {
		keep(cluster.Services, withAnnotation(&corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: fmt.Sprint(i)}}))
	}
	for i := range 300 {
		ing := withAnnotation(aKIngress(fmt.Sprint(i), 0))
		trimIngress(ing, ingresses)
		if err := ingresses.Add(ing); err != nil {
			t.Fatal(err)
		}
		for part := range 2 {
			route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: fmt.Sprint(i, part)}}
			route.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(ing, v1alpha1.SchemeGroupVersion.WithKind("Ingress"))}
			withAnnotation(route).ManagedFields[0] = metav1.ManagedFieldsEntry{Manager: "net-gateways", FieldsV1: &metav1.FieldsV1{Raw: []byte(owns)}}
			keep(cluster.HTTPRoutes, route)
		}
	}
	if used := (heapInUse() - before) >> 20; used > 100 {
		t.Errorf("%d MiB", used)
	} else {
		t.Logf("%d MiB", used)
	}
	runtime.KeepAlive(stores)
}

func newStore() cache.Store { return cache.NewStore(cache.MetaNamespaceKeyFunc) }

// heapInUse is how many bytes of the heap are in use.
func heapInUse() int64 {
	stats := runtime.MemStats{}
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
