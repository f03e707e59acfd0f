// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/csaupgrade"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayclientset "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned"
	gatewayclient "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/typed/apis/v1"
)

// Verb is what a write did.
type Verb string

// The verbs. Adopted objects existed and were ours without our knowing.
const (
	Created Verb = "Created"
	Updated Verb = "Updated"
	Adopted Verb = "Adopted"
	Deleted Verb = "Deleted"
)

// Write is one write that was done.
type Write struct {
	Verb Verb
	// Object is what the API server returned; for a deletion, what was deleted.
	Object *gatewayv1.HTTPRoute
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
	note := func(object *gatewayv1.HTTPRoute, write Write, err error) {
		var refusal *Refusal
		switch {
		case errors.As(err, &refusal):
			result.Refusals = append(result.Refusals, refusal)
		case err != nil:
			errs = append(errs, fmt.Errorf("HTTPRoute %s/%s: %w", object.Namespace, object.Name, err))
		default:
			result.Writes = append(result.Writes, write)
		}
	}
	together(changes.Create, func(object *gatewayv1.HTTPRoute) (Write, error) {
		return a.create(ctx, owner, object)
	}, note)
	together(changes.Update, func(update Update) (Write, error) {
		stored, err := a.update(ctx, update)
		return Write{Verb: Updated, Object: stored}, err
	}, func(update Update, write Write, err error) { note(update.Desired, write, err) })
	together(changes.Delete, func(object *gatewayv1.HTTPRoute) (Write, error) {
		return Write{Verb: Deleted, Object: object}, a.delete(ctx, object)
	}, note)
	return result, errors.Join(errs...)
}

// atOnce is how many writes of one owner are under way at a time: a service with twenty
// tags has forty objects, and the last one should not wait for all others.
const atOnce = 8

// together writes a list and notes what came of it, in its order.
func together[T any](list []T, write func(T) (Write, error), note func(T, Write, error)) {
	writes, errs := make([]Write, len(list)), make([]error, len(list))
	group := errgroup.Group{}
	group.SetLimit(atOnce)
	for i, item := range list {
		group.Go(func() error {
			writes[i], errs[i] = write(item)
			return nil
		})
	}
	_ = group.Wait() // each has its own error
	for i, item := range list {
		note(item, writes[i], errs[i])
	}
}

// create adds an object. When one of that name is there already, our filtered cache
// did not show it: a live look tells whether it is ours to adopt.
func (a *Applier) create(ctx context.Context, owner metav1.Object, object *gatewayv1.HTTPRoute) (Write, error) {
	routes := a.routes(object)
	stored, err := routes.Create(ctx, object, metav1.CreateOptions{FieldManager: FieldManager})
	if !apierrors.IsAlreadyExists(err) {
		return Write{Verb: Created, Object: stored}, refused(object, err)
	}
	existing, err := routes.Get(ctx, object.Name, metav1.GetOptions{})
	switch {
	case err != nil:
		return Write{}, err
	case !metav1.IsControlledBy(existing, owner):
		return Write{}, notOwned(existing)
	case existing.DeletionTimestamp != nil:
		return Write{}, errors.New("is being deleted")
	case differs(existing, object):
		existing, err = a.update(ctx, Update{Current: existing, Desired: object})
	}
	return Write{Verb: Adopted, Object: existing}, err
}

// update applies the desired object over the current one. The UID in the request
// keeps it from touching another object of that name.
func (a *Applier) update(ctx context.Context, update Update) (*gatewayv1.HTTPRoute, error) {
	if err := a.takeOverFields(ctx, update); err != nil {
		return nil, err
	}
	body, err := configuration(update)
	if err != nil {
		return nil, err
	}
	force := true // two managers of one field would fight for ever; ours are ours
	stored, err := a.routes(update.Desired).Patch(ctx, update.Desired.Name, types.ApplyPatchType, body,
		metav1.PatchOptions{FieldManager: FieldManager, Force: &force})
	return stored, refused(update.Desired, err)
}

// takeOverFields books the fields of leftover managers as applied by us, so that the
// apply that follows removes those that are not wanted.
func (a *Applier) takeOverFields(ctx context.Context, update Update) error {
	managers := leftovers(update.Current, update.Desired)
	if len(managers) == 0 {
		return nil
	}
	patch, err := csaupgrade.UpgradeManagedFieldsPatch(update.Current, managers, FieldManager)
	if err != nil || patch == nil {
		return err
	}
	_, err = a.routes(update.Desired).Patch(ctx, update.Current.Name, types.JSONPatchType, patch, metav1.PatchOptions{FieldManager: FieldManager})
	return err
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
