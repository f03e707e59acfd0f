// SPDX-License-Identifier: Apache-2.0

package changes

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
)

const (
	poll = 200 * time.Millisecond
	// goneAfter is how long an object may take to go; refusedFor, how long a webhook that is being deleted may refuse.
	goneAfter  = 2 * time.Minute
	refusedFor = 30 * time.Second
	// sayEvery is how often undo says what it waits for.
	sayEvery = 10 * time.Second
)

var (
	knativeServices = schema.GroupVersionResource{Group: "serving.knative.dev", Version: "v1", Resource: "services"}
	kingresses      = schema.GroupVersionResource{Group: "networking.internal.knative.dev", Version: "v1alpha1", Resource: "ingresses"}

	// withDependents deletes an object after what belongs to it: a Deployment after its Pods.
	withDependents = func() metav1.DeleteOptions {
		policy := metav1.DeletePropagationForeground
		return metav1.DeleteOptions{PropagationPolicy: &policy}
	}()
)

// Undo takes back what the record says, and says each step. Services go while their controller still runs, and
// config-gateway gets its former lists while no webhook of the demo's is asked.
func (c Cluster) Undo(ctx context.Context, say func(string)) error {
	record, err := c.Load(ctx)
	if err != nil {
		return err
	}
	if record == nil {
		record = &Record{}
	}
	if err := c.deleteServices(ctx, say); err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return c.deleteAll(ctx, record.Release, say) },
		func() error { return c.deleteMade(ctx, record, say) },
		func() error { return c.restore(ctx, record.Keys, say) },
		func() error { return c.deleteAll(ctx, record.Gateways, say) },
		// The record goes with its namespace, after all that it names.
		func() error { return c.delete(ctx, Object{APIVersion: "v1", Kind: "Namespace", Name: Namespace}, say) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (c Cluster) deleteServices(ctx context.Context, say func(string)) error {
	own := c.Dynamic.Resource(knativeServices).Namespace(Namespace)
	list, err := own.List(ctx, metav1.ListOptions{})
	if meta.IsNoMatchError(err) || apierrors.IsNotFound(err) || err == nil && len(list.Items) == 0 {
		return nil
	} else if err != nil {
		return err
	}
	names := []string{}
	for _, service := range list.Items {
		names = append(names, service.GetName())
		if err := own.Delete(ctx, service.GetName(), withDependents); err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	return c.awaitGone(ctx, "Knative Services "+strings.Join(names, ", ")+" in namespace "+Namespace, say, func(ctx context.Context) (bool, error) {
		for _, kind := range []schema.GroupVersionResource{knativeServices, kingresses} {
			if left, err := c.Dynamic.Resource(kind).Namespace(Namespace).List(ctx, metav1.ListOptions{}); err != nil || len(left.Items) > 0 {
				return false, err
			}
		}
		return true, nil
	})
}

// deleteAll deletes in the reverse order of creation.
func (c Cluster) deleteAll(ctx context.Context, objects []Object, say func(string)) error {
	for _, object := range slices.Backward(objects) {
		if err := c.delete(ctx, object, say); err != nil {
			return fmt.Errorf("%s: %w", object, err)
		}
	}
	return nil
}

// delete deletes an object with the demo's label, and waits until it is gone.
func (c Cluster) delete(ctx context.Context, object Object, say func(string)) error {
	at, err := c.at(object)
	if meta.IsNoMatchError(err) {
		return nil // without its kind it is gone
	} else if err != nil {
		return err
	}
	found, err := at.Get(ctx, object.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return nil
	case err != nil:
		return err
	case !isMarked(found):
		say("left      " + object.String() + ": it has not the label of what the demo creates (" + managedBy + "=" + Namespace + ")")
		return nil
	}
	uid := found.GetUID()
	options := withDependents
	options.Preconditions = &metav1.Preconditions{UID: &uid}
	if err := at.Delete(ctx, object.Name, options); err != nil && !apierrors.IsNotFound(err) {
		return err
	}
	return c.awaitGone(ctx, object.String(), say, func(ctx context.Context) (bool, error) {
		now, err := at.Get(ctx, object.Name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) || err == nil && now.GetUID() != uid {
			return true, nil
		}
		return false, err
	})
}

func (c Cluster) awaitGone(ctx context.Context, what string, say func(string), gone func(context.Context) (bool, error)) error {
	begin, said := time.Now(), time.Now()
	if err := wait.PollUntilContextTimeout(ctx, poll, goneAfter, true, func(ctx context.Context) (bool, error) {
		is, err := gone(ctx)
		if !is && time.Since(said) >= sayEvery {
			said = time.Now()
			say(fmt.Sprintf("waiting   %.0f s for %s to go", time.Since(begin).Seconds(), what))
		}
		return is, err
	}); err != nil {
		return fmt.Errorf("%s is deleted, but not gone: %w. Look at its finalizers, then run it again", what, err)
	}
	say("deleted   " + what)
	return nil
}

// restore gives the keys their former values, but for those that others have changed since.
func (c Cluster) restore(ctx context.Context, keys []Key, say func(string)) error {
	for _, key := range slices.Backward(keys) {
		var last error
		if err := wait.PollUntilContextTimeout(ctx, time.Second, refusedFor, true, func(ctx context.Context) (bool, error) {
			last = c.restoreKey(ctx, key, say)
			return last == nil, nil
		}); err != nil {
			return fmt.Errorf("%s: %w", key, last)
		}
	}
	return nil
}

func (c Cluster) restoreKey(ctx context.Context, key Key, say func(string)) error {
	object, now, err := c.value(ctx, key)
	switch {
	case err != nil:
		return err
	case object == nil || same(now, key.Former):
		return nil
	case now == nil || *now != key.Written:
		say("left      " + key.String() + ": it was changed after the demo. Before the demo it was " + valueOf(key.Former))
		return nil
	}
	if err := c.set(ctx, object, key, key.Former); err != nil {
		return err
	}
	say("restored  " + key.String() + ": " + valueOf(key.Former))
	return nil
}

func valueOf(value *string) string {
	if value == nil {
		return "absent"
	}
	return fmt.Sprintf("%q", *value)
}
