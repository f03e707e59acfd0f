// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"maps"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Changes are the writes that lead from the current objects of a kind to the desired
// ones, in a stable order.
type Changes[T Object] struct {
	Create []T
	Update []Update[T]
	Delete []T
}

// Update is the change of an object that exists.
type Update[T Object] struct {
	Current, Desired T
}

// Empty tells that nothing is to be written.
func (c Changes[T]) Empty() bool {
	return len(c.Create)+len(c.Update)+len(c.Delete) == 0
}

// Plan compares an owner's current objects with the desired ones. It plans no change of objects that the owner may not
// write.
func Plan[T Object](owner metav1.Object, current, desired []T) Changes[T] {
	there := map[string]T{}
	for _, object := range current {
		if object.GetDeletionTimestamp() == nil {
			there[object.GetName()] = object
		}
	}
	changes, read := Changes[T]{}, fieldSets{}
	for _, want := range desired {
		have, exists := there[want.GetName()]
		delete(there, want.GetName())
		switch {
		case !exists || !mayWrite(have, want, owner):
			changes.Create = append(changes.Create, want)
		case differs(have, want, read):
			changes.Update = append(changes.Update, Update[T]{Current: have, Desired: want})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(there)) {
		if mayDelete(there[name], owner) {
			changes.Delete = append(changes.Delete, there[name])
		}
	}
	return changes
}

// differs compares only the fields that the controller writes: those of the spec, labels and annotations.
func differs(have, want metav1.Object, read fieldSets) bool {
	stored, wanted := kindOf(have), kindOf(want)
	for key, entry := range wanted.entries {
		if !equality.Semantic.DeepEqual(stored.entries[key], entry) {
			return true
		}
	}
	// Most objects are what is wanted, and reflect sees that in half the time.
	return !reflect.DeepEqual(stored.whole, wanted.whole) && !equality.Semantic.DeepEqual(stored.whole, wanted.whole) ||
		!holds(have.GetLabels(), want.GetLabels()) ||
		!holds(have.GetAnnotations(), want.GetAnnotations()) ||
		IsShared(want) && !uidsOf(have).Equal(uidsOf(want)) ||
		len(leftovers(have, want, read)) > 0
}

func holds(have, want map[string]string) bool {
	for key, value := range want {
		if current, ok := have[key]; !ok || current != value {
			return false
		}
	}
	return true
}
