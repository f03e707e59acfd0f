// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/csaupgrade"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayclientset "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned"
	gatewayclient "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/typed/apis/v1"
)

// Write is one write that was done, for Events and metrics.
type Write struct {
	Verb   string // Created, Updated, Deleted or Adopted
	Object types.NamespacedName
}

// Applier writes Changes.
type Applier struct {
	Client gatewayclientset.Interface
}

// Result is what came of Changes. Refusals are written into status; they are not
// errors.
type Result struct {
	Writes   []Write
	Refusals []*Refusal
}

// Apply does the changes for their owner. Deletions come last, so that a host that
// moved between objects is never without one. Each object is tried; the error joins
// what failed unexpectedly.
func (a *Applier) Apply(ctx context.Context, owner metav1.Object, changes Changes) (Result, error) {
	result := Result{}
	errs := []error{}
	note := func(object *gatewayv1.HTTPRoute, verb string, err error) {
		var refusal *Refusal
		switch {
		case errors.As(err, &refusal):
			result.Refusals = append(result.Refusals, refusal)
		case err != nil:
			errs = append(errs, fmt.Errorf("HTTPRoute %s/%s: %w", object.Namespace, object.Name, err))
		default:
			result.Writes = append(result.Writes, Write{Verb: verb, Object: types.NamespacedName{Namespace: object.Namespace, Name: object.Name}})
		}
	}
	for _, object := range changes.Create {
		verb, err := a.create(ctx, owner, object)
		note(object, verb, err)
	}
	for _, update := range changes.Update {
		note(update.Desired, "Updated", a.update(ctx, update))
	}
	for _, object := range changes.Delete {
		note(object, "Deleted", a.delete(ctx, object))
	}
	return result, errors.Join(errs...)
}

// create adds an object. When one of that name is there already, our filtered cache
// did not show it: a live look tells whether it is ours to adopt.
func (a *Applier) create(ctx context.Context, owner metav1.Object, object *gatewayv1.HTTPRoute) (string, error) {
	routes := a.routes(object)
	_, err := routes.Create(ctx, object, metav1.CreateOptions{FieldManager: FieldManager})
	if !apierrors.IsAlreadyExists(err) {
		return "Created", refused(object, err)
	}
	existing, err := routes.Get(ctx, object.Name, metav1.GetOptions{})
	switch {
	case err != nil:
		return "", err
	case !metav1.IsControlledBy(existing, owner):
		return "", notOwned(existing)
	case existing.DeletionTimestamp != nil:
		return "", fmt.Errorf("is being deleted")
	case !differs(existing, object):
		return "Adopted", nil
	}
	return "Adopted", a.update(ctx, Update{Current: existing, Desired: object})
}

// update applies the desired object over the current one. The UID in the request
// keeps it from touching another object of that name.
func (a *Applier) update(ctx context.Context, update Update) error {
	routes := a.routes(update.Desired)
	if managers := leftovers(update.Current, update.Desired); len(managers) > 0 {
		patch, err := csaupgrade.UpgradeManagedFieldsPatch(update.Current, managers, FieldManager)
		if err != nil {
			return fmt.Errorf("take over managed fields: %w", err)
		}
		if patch != nil {
			if _, err := routes.Patch(ctx, update.Current.Name, types.JSONPatchType, patch, metav1.PatchOptions{FieldManager: FieldManager}); err != nil {
				return err
			}
		}
	}
	body, err := configuration(update)
	if err != nil {
		return err
	}
	force := true // two managers of one field would fight for ever; ours are ours
	_, err = routes.Patch(ctx, update.Desired.Name, types.ApplyPatchType, body, metav1.PatchOptions{FieldManager: FieldManager, Force: &force})
	return refused(update.Desired, err)
}

func (a *Applier) delete(ctx context.Context, object *gatewayv1.HTTPRoute) error {
	err := a.routes(object).Delete(ctx, object.Name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &object.UID}})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

func (a *Applier) routes(object *gatewayv1.HTTPRoute) gatewayclient.HTTPRouteInterface {
	return a.Client.GatewayV1().HTTPRoutes(object.Namespace)
}

// configuration is the body of a server-side apply: what we own, without the fields
// that the server fills.
func configuration(update Update) ([]byte, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(update.Desired)
	if err != nil {
		return nil, fmt.Errorf("convert: %w", err)
	}
	delete(content, "status")
	content["apiVersion"], content["kind"] = gatewayv1.GroupVersion.String(), "HTTPRoute"
	metadata := content["metadata"].(map[string]any)
	delete(metadata, "creationTimestamp")
	metadata["uid"] = string(update.Current.UID)
	return json.Marshal(content)
}
