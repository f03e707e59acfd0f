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

// Verb is what a write did.
type Verb string

// The verbs. Adopted objects existed and were ours without our knowing; an HTTPRoute is
// left as it is then, for what stands in it decides what is to be written: plan again.
const (
	Created Verb = "Created"
	Updated Verb = "Updated"
	Adopted Verb = "Adopted"
	Deleted Verb = "Deleted"
)

// Write is one write that was done.
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
	// onlyFinds tells that an adopted object is not written.
	onlyFinds bool
}

// Result is what came of Changes. Refusals are written into status; they are not
// errors.
type Result[T Object] struct {
	Writes   []Write[T]
	Refusals []*Refusal
}

// Apply does the changes for their owner. What takes hosts away comes last, so that a host that
// moved between objects is never without one, and is not done where the object to which the
// host was to move could not be written: a refusal or the joined error says which, and the
// next plan has it again. Each other object is tried.
func (a *Applier[T]) Apply(ctx context.Context, owner metav1.Object, changes Changes[T]) (Result[T], error) {
	result, missing, errs := Result[T]{}, sets.New[gatewayv1.Hostname](), []error{}
	note := func(object T, write Write[T], err error) {
		var refusal *Refusal
		switch {
		case errors.As(err, &refusal):
			result.Refusals = append(result.Refusals, refusal)
		case err != nil:
			errs = append(errs, fmt.Errorf("%s %s: %w", kindOf(object).name, nameOf(object), err))
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
	noteUpdate := func(update Update[T], write Write[T], err error) { note(update.Desired, write, err) }
	add, take := parted(changes.Update)
	together(changes.Create, func(object T) (Write[T], error) {
		return a.create(ctx, owner, object)
	}, note)
	together(add, update, noteUpdate)
	together(sparing(take, missing, Update[T].taken), update, noteUpdate)
	together(sparing(changes.Delete, missing, func(object T) sets.Set[gatewayv1.Hostname] { return hostsOf(object) }), func(object T) (Write[T], error) {
		return Write[T]{Verb: Deleted, Object: object}, a.delete(ctx, object)
	}, note)
	return result, errors.Join(errs...)
}

// atOnce is how many writes of one owner are under way at a time: a service with twenty
// tags has forty objects, and the last one should not wait for all others.
const atOnce = 8

// together writes a list and notes what came of it, in its order.
func together[I, W any](list []I, write func(I) (W, error), note func(I, W, error)) {
	writes, errs := make([]W, len(list)), make([]error, len(list))
	group := errgroup.Group{}
	group.SetLimit(atOnce)
	for i, item := range list {
		group.Go(func() error {
			defer panics.Into(&errs[i]) // which nobody above this goroutine could recover
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
func (a *Applier[T]) create(ctx context.Context, owner metav1.Object, object T) (Write[T], error) {
	objects := a.in(object.GetNamespace())
	stored, err := objects.Create(ctx, object, metav1.CreateOptions{FieldManager: FieldManager})
	if !apierrors.IsAlreadyExists(err) {
		return Write[T]{Verb: Created, Object: stored}, refused(object, err)
	}
	existing, err := objects.Get(ctx, object.GetName(), metav1.GetOptions{})
	switch {
	case err != nil:
		return Write[T]{}, err
	case !mayWrite(existing, object, owner):
		return Write[T]{}, notOwned(existing)
	case existing.GetDeletionTimestamp() != nil:
		return Write[T]{}, errors.New("is being deleted")
	case !a.onlyFinds && differs(existing, object):
		existing, err = a.update(ctx, Update[T]{Current: existing, Desired: object})
	}
	return Write[T]{Verb: Adopted, Object: existing}, err
}

// update applies the desired object over the current one. The UID in the request
// keeps it from touching another object of that name.
func (a *Applier[T]) update(ctx context.Context, update Update[T]) (T, error) {
	var none T
	if err := a.takeOverFields(ctx, update); err != nil {
		return none, err
	}
	body, err := configuration(update.Current.GetUID(), update.Desired)
	if err != nil {
		return none, err
	}
	force := true // two managers of one field would fight for ever; ours are ours
	stored, err := a.in(update.Desired.GetNamespace()).Patch(ctx, update.Desired.GetName(), types.ApplyPatchType, body,
		metav1.PatchOptions{FieldManager: FieldManager, Force: &force})
	return stored, refused(update.Desired, err)
}

// takeOverFields books the fields of leftover managers as applied by us, so that the
// apply that follows removes those that are not wanted.
func (a *Applier[T]) takeOverFields(ctx context.Context, update Update[T]) error {
	if len(leftovers(update.Current, update.Desired)) == 0 {
		return nil
	}
	objects := a.in(update.Desired.GetNamespace())
	live, err := objects.Get(ctx, update.Current.GetName(), metav1.GetOptions{}) // the patch has the fields of all, which no cache has
	if err != nil || live.GetUID() != update.Current.GetUID() {
		return err
	}
	patch, err := csaupgrade.UpgradeManagedFieldsPatch(any(live).(runtime.Object), leftovers(live, update.Desired), FieldManager)
	if err != nil || patch == nil {
		return err
	}
	_, err = objects.Patch(ctx, live.GetName(), types.JSONPatchType, patch, metav1.PatchOptions{FieldManager: FieldManager})
	return err
}

// Others says which other field managers have fields of an object, as it is now, that are not as they
// are wanted; nothing where nobody can look.
func (a *Applier[T]) Others(ctx context.Context, want T) []string {
	live, err := a.in(want.GetNamespace()).Get(ctx, want.GetName(), metav1.GetOptions{})
	if err != nil {
		return nil
	}
	return Others(live, want)
}

func (a *Applier[T]) delete(ctx context.Context, object T) error {
	err := a.in(object.GetNamespace()).Delete(ctx, object.GetName(), metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: new(object.GetUID())}})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// configuration is the body of a server-side apply: what we own, without the fields
// that the server fills.
func configuration(uid types.UID, desired metav1.Object) ([]byte, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(desired)
	if err != nil {
		return nil, fmt.Errorf("convert: %w", err)
	}
	delete(content, "status")
	content["apiVersion"], content["kind"] = kindOf(desired).version, kindOf(desired).name
	metadata := content["metadata"].(map[string]any)
	delete(metadata, "creationTimestamp")
	metadata["uid"] = string(uid)
	return json.Marshal(content)
}
