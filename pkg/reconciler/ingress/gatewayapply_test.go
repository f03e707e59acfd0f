// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"encoding/json"
	"errors"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/managedfields"
	ktesting "k8s.io/client-go/testing"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/applyconfiguration"
	gatewayscheme "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/scheme"
)

var (
	gatewayVersion = schema.GroupVersion(gatewayv1.GroupVersion)
	gatewayKind    = gatewayVersion.WithKind("Gateway")
)

// noDefaults is a runtime.ObjectDefaulter.
type noDefaults struct{}

func (noDefaults) Default(runtime.Object) {}

// gatewayFields merges the fields of Gateways, and tracks their managers, as an API server does. The fake
// client does it only for kinds whose plural it guesses right. It is made once, because that takes longer
// than all else.
var gatewayFields = sync.OnceValues(func() (*managedfields.FieldManager, error) {
	return managedfields.NewDefaultFieldManager(applyconfiguration.NewTypeConverter(gatewayscheme.Scheme), gatewayscheme.Scheme, noDefaults{},
		gatewayscheme.Scheme, gatewayKind, gatewayVersion, "", nil)
})

// serveGatewayApply does server-side apply of Gateways, with the checks of an API server on which the
// tests depend.
func (w *world) serveGatewayApply() {
	mu := sync.Mutex{}
	w.gateway.PrependReactor("patch", "gateways", func(action ktesting.Action) (bool, runtime.Object, error) {
		mu.Lock()
		defer mu.Unlock()
		patch := action.(ktesting.PatchActionImpl)
		if patch.GetPatchType() == types.JSONPatchType {
			return w.patchGateway(patch)
		}
		applied := &gatewayv1.Gateway{}
		if err := json.Unmarshal(patch.GetPatch(), applied); err != nil {
			return true, nil, err
		}
		stored, err := w.gateways.Get(gateways, patch.GetNamespace(), patch.GetName())
		if err != nil || stored.(*gatewayv1.Gateway).UID != applied.UID {
			return true, nil, apierrors.NewConflict(gateways.GroupResource(), patch.GetName(), err)
		}
		gateway, err := w.mergeGateway(stored.(*gatewayv1.Gateway), patch)
		if err != nil {
			return true, nil, err
		}
		return true, gateway, w.gateways.Update(gateways, gateway, gateway.Namespace)
	})
}

// patchGateway does a JSON patch that tests the resource version.
func (w *world) patchGateway(patch ktesting.PatchActionImpl) (bool, runtime.Object, error) {
	stored, err := w.gateways.Get(gateways, patch.GetNamespace(), patch.GetName())
	if err != nil {
		return true, nil, err
	}
	before := stored.(*gatewayv1.Gateway).DeepCopy()
	_, patched, err := ktesting.ObjectReaction(w.gateways)(patch)
	if err != nil {
		return true, nil, err
	}
	after := patched.(*gatewayv1.Gateway).DeepCopy()
	if after.ResourceVersion != before.ResourceVersion {
		return true, nil, errors.Join(apierrors.NewConflict(gateways.GroupResource(), patch.GetName(), nil), w.gateways.Update(gateways, before, before.Namespace))
	}
	return true, after, w.updateGateway(before, after, patch.PatchOptions.FieldManager)
}

func (w *world) mergeGateway(stored *gatewayv1.Gateway, patch ktesting.PatchActionImpl) (*gatewayv1.Gateway, error) {
	fields, err := gatewayFields()
	if err != nil {
		return nil, err
	}
	configuration := map[string]any{}
	if err := json.Unmarshal(patch.GetPatch(), &configuration); err != nil {
		return nil, err
	}
	live := stored.DeepCopy()
	live.SetGroupVersionKind(gatewayKind)
	merged, err := fields.Apply(live, &unstructured.Unstructured{Object: configuration}, patch.PatchOptions.FieldManager, *patch.PatchOptions.Force)
	if err != nil {
		return nil, err
	}
	gateway := merged.(*gatewayv1.Gateway)
	for _, listener := range gateway.Spec.Listeners {
		if listener.Port == 0 { // required by the CRD
			return nil, apierrors.NewInvalid(schema.GroupKind{Group: gatewayv1.GroupName, Kind: "Gateway"}, stored.Name, nil)
		}
	}
	count(stored, gateway, w.version())
	return gateway, nil
}

// changeGateway is an update by another client.
func (w *world) changeGateway(name, manager string, change func(*gatewayv1.Gateway)) {
	w.Helper()
	stored := w.gatewayNamed(name)
	changed := stored.DeepCopy()
	change(changed)
	w.must(w.updateGateway(stored, changed, manager))
}

func (w *world) updateGateway(stored, changed *gatewayv1.Gateway, manager string) error {
	fields, err := gatewayFields()
	if err != nil {
		return err
	}
	for _, object := range []*gatewayv1.Gateway{stored, changed} {
		object.SetGroupVersionKind(gatewayKind)
	}
	updated, err := fields.Update(stored, changed, manager)
	if err != nil {
		return err
	}
	gateway := updated.(*gatewayv1.Gateway)
	count(stored, gateway, w.version())
	return w.gateways.Update(gateways, gateway, gateway.Namespace)
}

func (w *world) gatewayNamed(name string) *gatewayv1.Gateway {
	w.Helper()
	stored, err := w.gateways.Get(gateways, "gateways", name)
	w.must(err)
	return stored.(*gatewayv1.Gateway).DeepCopy()
}

// listenersOf are the names of a Gateway's listeners.
func (w *world) listenersOf(name string) []string {
	w.Helper()
	found := []string{}
	for _, listener := range w.gatewayNamed(name).Spec.Listeners {
		found = append(found, string(listener.Name))
	}
	return found
}

// listenersAre reports a condition for all listeners of a Gateway, such as "Programmed=True".
func (w *world) listenersAre(name string, words ...metav1.Condition) {
	w.Helper()
	w.changeGateway(name, "envoy", func(gateway *gatewayv1.Gateway) {
		gateway.Status.Listeners = nil
		for _, listener := range gateway.Spec.Listeners {
			status := gatewayv1.ListenerStatus{Name: listener.Name}
			for _, word := range words {
				word.ObservedGeneration = gateway.Generation
				status.Conditions = append(status.Conditions, word)
			}
			gateway.Status.Listeners = append(gateway.Status.Listeners, status)
		}
	})
}
