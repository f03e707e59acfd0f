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
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/util/csaupgrade"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/panics"
)

// Verb tells what a write did. It is the reason of its Event.
type Verb string

// The verbs. An adopted object existed and was the owner's, but the cache did not have it. Apply updates it, except
// an HTTPRoute, whose content decides what to write: there the caller plans again.
const (
	Created Verb = "Created"
	Updated Verb = "Updated"
	Adopted Verb = "Adopted"
	Deleted Verb = "Deleted"
)

// Write is one write that succeeded.
type Write[T Object] struct {
	Verb Verb
	// Object is what the API server returned; for a deletion, what was deleted.
	Object T
}

// client is the part of a typed client that writing needs.
type client[T Object] interface {
	Create(ctx context.Context, object T, options metav1.CreateOptions) (T, error)
	Get(ctx context.Context, name string, options metav1.GetOptions) (T, error)
	Patch(ctx context.Context, name string, kind types.PatchType, data []byte, options metav1.PatchOptions, subresources ...string) (T, error)
	Delete(ctx context.Context, name string, options metav1.DeleteOptions) error
}

// Applier writes Changes of one kind.
type Applier[T Object] struct {
	in func(namespace string) client[T]
	// leavesAdopted tells that Apply does not update adopted objects.
	leavesAdopted bool
}

// Result is the outcome of Changes. Refusals are not errors: the caller reports them in
// the status.
type Result[T Object] struct {
	Writes   []Write[T]
	Refusals []*Refusal
}

// Apply writes the changes for their owner. Writes that remove hosts come last, so that a host that
// moves between objects is never without one. They are left out where the object to which the host
// moves could not be written; the next plan has them again. A write that fails does not keep Apply
// from the others; refusals and the joined error name the objects that were not written.
func (a *Applier[T]) Apply(ctx context.Context, owner metav1.Object, changes Changes[T]) (Result[T], error) {
	result, missing, errs := Result[T]{}, sets.New[gatewayv1.Hostname](), []error{}
	collect := func(object T, write Write[T], err error) {
		var refusal *Refusal
		switch {
		case errors.As(err, &refusal):
			result.Refusals = append(result.Refusals, refusal)
		case err != nil:
			errs = append(errs, fmt.Errorf("%s %s: %w", kindOf(object).name, NameOf(object), err))
		default:
			result.Writes = append(result.Writes, write)
			return
		}
		missing = missing.Union(hostsOf(object))
	}
	update := func(update Update[T]) (Write[T], error) {
		stored, err := a.update(ctx, update)
		return Write[T]{Verb: Updated, Object: stored}, err
	}
	collectUpdate := func(update Update[T], write Write[T], err error) { collect(update.Desired, write, err) }
	adding, removing := split(changes.Update)
	inParallel(changes.Create, func(object T) (Write[T], error) {
		return a.create(ctx, owner, object)
	}, collect)
	inParallel(adding, update, collectUpdate)
	inParallel(skipHosts(removing, missing, Update[T].removedHosts), update, collectUpdate)
	inParallel(skipHosts(changes.Delete, missing, func(object T) sets.Set[gatewayv1.Hostname] { return hostsOf(object) }), func(object T) (Write[T], error) {
		return Write[T]{Verb: Deleted, Object: object}, a.delete(ctx, object)
	}, collect)
	return result, errors.Join(errs...)
}

// parallelWrites is how many writes of one owner are under way at a time: a service with
// twenty tags has forty objects, which would take long one by one.
const parallelWrites = 8

// inParallel writes a list and collects the outcomes in its order.
func inParallel[I, W any](list []I, write func(I) (W, error), collect func(I, W, error)) {
	writes, errs := make([]W, len(list)), make([]error, len(list))
	group := errgroup.Group{}
	group.SetLimit(parallelWrites)
	for i, item := range list {
		group.Go(func() error {
			defer panics.Into(&errs[i]) // callers could not recover it
			writes[i], errs[i] = write(item)
			return nil
		})
	}
	_ = group.Wait() // each has its own error
	for i, item := range list {
		collect(item, writes[i], errs[i])
	}
}

// create adds an object. If one of that name exists, which the filtered cache does not
// have, a read from the API server tells whether the owner may adopt it.
func (a *Applier[T]) create(ctx context.Context, owner metav1.Object, object T) (Write[T], error) {
	objects := a.in(object.GetNamespace())
	stored, err := objects.Create(ctx, object, metav1.CreateOptions{FieldManager: FieldManager})
	if !apierrors.IsAlreadyExists(err) {
		return Write[T]{Verb: Created, Object: stored}, refused(object, err)
	}
	existing, err := objects.Get(ctx, object.GetName(), metav1.GetOptions{})
	if err != nil {
		return Write[T]{}, err
	}
	taken := Taken(existing, object, owner)
	switch {
	case taken != nil:
		return Write[T]{}, taken
	case existing.GetDeletionTimestamp() != nil:
		return Write[T]{}, errors.New("is being deleted")
	case !a.leavesAdopted && differs(existing, object, fieldSets{}):
		existing, err = a.update(ctx, Update[T]{Current: existing, Desired: object})
	}
	return Write[T]{Verb: Adopted, Object: existing}, err
}

// update applies the desired object. With the UID in the request, the API server refuses
// it for another object of the same name.
func (a *Applier[T]) update(ctx context.Context, update Update[T]) (T, error) {
	var none T
	if err := a.takeOverFields(ctx, update); err != nil {
		return none, err
	}
	body, err := Configuration(update.Current.GetUID(), update.Desired)
	if err != nil {
		return none, err
	}
	force := true // of fields that another manager has, too
	stored, err := a.in(update.Desired.GetNamespace()).Patch(ctx, update.Desired.GetName(), types.ApplyPatchType, body,
		metav1.PatchOptions{FieldManager: FieldManager, Force: &force})
	return stored, refused(update.Desired, err)
}

// takeOverFields makes FieldManager the owner of the fields of leftovers, so that the apply that follows removes those
// that are not wanted.
func (a *Applier[T]) takeOverFields(ctx context.Context, update Update[T]) error {
	if len(leftovers(update.Current, update.Desired, fieldSets{})) == 0 {
		return nil
	}
	objects := a.in(update.Desired.GetNamespace())
	live, err := objects.Get(ctx, update.Current.GetName(), metav1.GetOptions{}) // the patch replaces managedFields, which the cache trims
	if err != nil || live.GetUID() != update.Current.GetUID() {
		return err
	}
	patch, err := csaupgrade.UpgradeManagedFieldsPatch(any(live).(runtime.Object), leftovers(live, update.Desired, fieldSets{}), FieldManager)
	if err != nil || patch == nil {
		return err
	}
	_, err = objects.Patch(ctx, live.GetName(), types.JSONPatchType, patch, metav1.PatchOptions{FieldManager: FieldManager})
	return err
}

// ConflictingManagers is the function of that name for the object on the API server; nil if it cannot be read.
func (a *Applier[T]) ConflictingManagers(ctx context.Context, want T) []string {
	live, err := a.in(want.GetNamespace()).Get(ctx, want.GetName(), metav1.GetOptions{})
	if err != nil {
		return nil
	}
	return ConflictingManagers(live, want)
}

func (a *Applier[T]) delete(ctx context.Context, object T) error {
	err := a.in(object.GetNamespace()).Delete(ctx, object.GetName(), metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: new(object.GetUID())}})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// Configuration is the body of a server-side apply: the desired object without the fields
// that the server fills. With a UID, the API server refuses to apply it to another object of that name.
func Configuration(uid types.UID, desired metav1.Object) ([]byte, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(desired)
	if err != nil {
		return nil, fmt.Errorf("convert: %w", err)
	}
	delete(content, "status")
	content["apiVersion"], content["kind"] = kindOf(desired).version, kindOf(desired).name
	metadata := content["metadata"].(map[string]any)
	delete(metadata, "creationTimestamp")
	if uid != "" {
		metadata["uid"] = string(uid)
	}
	return json.Marshal(content)
}
