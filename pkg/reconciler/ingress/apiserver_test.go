// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"reflect"
	"sync"
	"testing/synctest"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	pkgwatch "k8s.io/apimachinery/pkg/watch"
	ktesting "k8s.io/client-go/testing"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

var (
	gateways    = schema.GroupVersion(gatewayv1.GroupVersion).WithResource("gateways")
	httpRoutes  = schema.GroupVersion(gatewayv1.GroupVersion).WithResource("httproutes")
	ingresses   = v1alpha1.SchemeGroupVersion.WithResource("ingresses")
	namespaces  = corev1.SchemeGroupVersion.WithResource("namespaces")
	deployments = appsv1.SchemeGroupVersion.WithResource("deployments")
	definitions = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
)

// What an API server does and fake clientsets do not: UIDs, resource versions and conflicts,
// generations, statuses as a resource of their own, and watches of what a selector selects.

// serveWrites answers creates, updates and patches of what is in the tracker.
func serveWrites(fake *ktesting.Fake, tracker ktesting.ObjectTracker, version func() string) {
	react := ktesting.ObjectReaction(tracker)
	fake.PrependReactor("create", "*", func(action ktesting.Action) (bool, runtime.Object, error) {
		accessor, err := meta.Accessor(action.(ktesting.CreateAction).GetObject())
		if err != nil {
			return true, nil, err
		}
		accessor.SetResourceVersion(version())
		accessor.SetUID(types.UID("uid-" + accessor.GetResourceVersion()))
		accessor.SetGeneration(1)
		return react(action)
	})
	fake.PrependReactor("update", "*", func(action ktesting.Action) (bool, runtime.Object, error) {
		update := action.(ktesting.UpdateActionImpl)
		sent, err := meta.Accessor(update.GetObject())
		if err != nil {
			return true, nil, err
		}
		before, err := tracker.Get(update.GetResource(), update.GetNamespace(), sent.GetName())
		if err != nil {
			return true, nil, err
		}
		if versionOf(before) != sent.GetResourceVersion() {
			return true, nil, apierrors.NewConflict(update.GetResource().GroupResource(), sent.GetName(), nil)
		}
		after := update.GetObject().DeepCopyObject()
		if update.GetSubresource() == "status" {
			after = before.DeepCopyObject()
			part(after, "Status").Set(part(update.GetObject(), "Status"))
		}
		count(before, after, version())
		return true, after, tracker.Update(update.GetResource(), after, update.GetNamespace(), update.UpdateOptions)
	})
	fake.PrependReactor("patch", "*", func(action ktesting.Action) (bool, runtime.Object, error) {
		before, err := tracker.Get(action.GetResource(), action.GetNamespace(), action.(ktesting.PatchAction).GetName())
		if err != nil {
			return true, nil, err
		}
		_, after, err := react(action)
		if err != nil {
			return true, nil, err
		}
		count(before, after, version())
		return true, after, tracker.Update(action.GetResource(), after, action.GetNamespace())
	})
}

// count gives a written object its resource version and its generation: the next one if its spec has
// changed.
func count(before, after runtime.Object, version string) {
	stored, written := before.(metav1.Object), after.(metav1.Object)
	written.SetResourceVersion(version)
	written.SetGeneration(stored.GetGeneration())
	if spec := part(before, "Spec"); spec.IsValid() && !equality.Semantic.DeepEqual(spec.Interface(), part(after, "Spec").Interface()) {
		written.SetGeneration(stored.GetGeneration() + 1)
	}
}

func part(object runtime.Object, field string) reflect.Value {
	return reflect.ValueOf(object).Elem().FieldByName(field)
}

func versionOf(object runtime.Object) string { return object.(metav1.Object).GetResourceVersion() }

// whereabouts is the tracker and the resource of a kind.
func (w *world) whereabouts(object runtime.Object) (ktesting.ObjectTracker, schema.GroupVersionResource) {
	w.Helper()
	switch object.(type) {
	case *v1alpha1.Ingress:
		return w.networking.Tracker(), ingresses
	case *gatewayv1.HTTPRoute:
		return w.gateway.Tracker(), httpRoutes
	case *gatewayv1.ListenerSet:
		return w.gateway.Tracker(), listenerSets
	case *gatewayv1.BackendTLSPolicy:
		return w.gateway.Tracker(), policies
	case *gatewayv1.Gateway:
		return w.gateways, gateways
	case *gatewayv1.GatewayClass:
		return w.gateway.Tracker(), gatewayClasses
	case *corev1.Service:
		return w.kube.Tracker(), coreServices
	case *corev1.Namespace:
		return w.kube.Tracker(), namespaces
	case *corev1.ConfigMap:
		return w.kube.Tracker(), configMaps
	case *corev1.Secret:
		return w.kube.Tracker(), secrets
	case *discoveryv1.EndpointSlice:
		return w.kube.Tracker(), endpointSlices
	case *appsv1.Deployment:
		return w.kube.Tracker(), deployments
	case *metav1.PartialObjectMetadata:
		return w.metadata.Tracker(), definitions
	}
	w.Fatalf("Nothing keeps a %T", object)
	return nil, schema.GroupVersionResource{}
}

// store creates an object as another client, so that it does not count as a write of the controller.
func (w *world) store(object runtime.Object) {
	w.Helper()
	tracker, resource := w.whereabouts(object)
	object = object.DeepCopyObject()
	if resource == gateways { // Add would guess "gatewaies"
		w.must(tracker.Create(resource, object, object.(metav1.Object).GetNamespace()))
		return
	}
	w.must(tracker.Add(object))
}

// replaces stores another state of an object as another client, and returns when informers show it.
func (w *world) replaces(object runtime.Object) {
	w.Helper()
	tracker, resource := w.whereabouts(object)
	accessor := object.(metav1.Object)
	before, err := tracker.Get(resource, accessor.GetNamespace(), accessor.GetName())
	w.must(err)
	count(before, object, w.version())
	w.must(tracker.Update(resource, object, accessor.GetNamespace()))
	synctest.Wait()
}

// announceWatches closes the channel when HTTPRoutes are watched.
func announceWatches(fake *ktesting.Fake, tracker ktesting.ObjectTracker) <-chan struct{} {
	watching, once := make(chan struct{}), sync.Once{}
	fake.PrependWatchReactor("httproutes", func(action ktesting.Action) (bool, pkgwatch.Interface, error) {
		started, err := tracker.Watch(action.GetResource(), action.GetNamespace())
		once.Do(func() { close(watching) })
		return true, selected(started, action.(ktesting.WatchAction).GetWatchRestrictions().Labels), err
	})
	return watching
}

// selected is a watch with a label selector, which fake clients ignore: an object that is not selected
// any more is deleted.
func selected(started pkgwatch.Interface, by labels.Selector) pkgwatch.Interface {
	watch := &selectedWatch{Interface: started, result: make(chan pkgwatch.Event), stopped: make(chan struct{})}
	go watch.pass(by)
	return watch
}

// selectedWatch ends when it is stopped, even if the last event is not received. The watch of
// pkgwatch.Filter does not, and so its bubble would never end.
type selectedWatch struct {
	pkgwatch.Interface
	result  chan pkgwatch.Event
	stopped chan struct{}
	once    sync.Once
}

func (s *selectedWatch) ResultChan() <-chan pkgwatch.Event { return s.result }

func (s *selectedWatch) Stop() {
	s.once.Do(func() { close(s.stopped) })
	s.Interface.Stop()
}

func (s *selectedWatch) pass(by labels.Selector) {
	defer close(s.result)
	for event := range s.Interface.ResultChan() {
		if object, err := meta.Accessor(event.Object); err == nil && !by.Matches(labels.Set(object.GetLabels())) {
			if event.Type == pkgwatch.Added {
				continue
			}
			event.Type = pkgwatch.Deleted
		}
		select {
		case s.result <- event:
		case <-s.stopped:
			return
		}
	}
}
