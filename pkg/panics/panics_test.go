// SPDX-License-Identifier: Apache-2.0

package panics_test

import (
	"errors"
	"regexp"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"

	"github.com/net-gateways/net-gateways/pkg/panics"
)

func writeNil() { write(nil) }

func write(into map[string]string) { into["a"] = "b" }

// TestInto: B-OPS-5, a panic becomes an error that says what happened where, in the same
// words each time and without paths; its stack is for the log.
func TestInto(t *testing.T) {
	err := panics.Catch(writeNil)
	want := regexp.MustCompile(`^the controller has a bug, please report it: panic: assignment to entry in nil map, in panics_test\.write \(panics_test\.go:\d+\)$`)
	if err == nil || !want.MatchString(err.Error()) {
		t.Errorf("Error %q", err)
	}
	if again := panics.Catch(writeNil); again.Error() != err.Error() {
		t.Errorf("Another time: %q", again)
	}
	if stack := panics.StackOf(errors.Join(errors.New("other"), err)); !regexp.MustCompile(`writeNil`).MatchString(stack) {
		t.Errorf("Stack %q", stack)
	}
	if err := panics.Catch(func() {}); err != nil || panics.StackOf(err) != "" || panics.StackOf(errors.New("other")) != "" {
		t.Errorf("Without a panic: %v", err)
	}
}

func logger() (*zap.SugaredLogger, *observer.ObservedLogs) {
	core, logs := observer.New(zap.InfoLevel)
	return zap.New(core).Sugar(), logs
}

// TestInformers: B-OPS-5, a panic or error in what informers call costs one event or index entry, and the log has the
// name of the object.
func TestInformers(t *testing.T) {
	log, logs := logger()
	object := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "odd"}}
	handler := panics.Handler{Logger: log, Events: cache.ResourceEventHandlerFuncs{
		AddFunc: func(any) { writeNil() }, UpdateFunc: func(any, any) { writeNil() }, DeleteFunc: func(any) { writeNil() },
	}}
	handler.OnAdd(object, false)
	handler.OnUpdate(object, object)
	handler.OnDelete(object)

	indexers := panics.Indexers(cache.Indexers{
		"panics": func(any) ([]string, error) { writeNil(); return nil, nil },
		"fails":  func(any) ([]string, error) { return nil, errors.New("cannot be read") },
		"works":  func(any) ([]string, error) { return []string{"value"}, nil },
	}, log)
	store := cache.NewIndexer(cache.MetaNamespaceKeyFunc, indexers)
	if err := store.Add(object); err != nil {
		t.Fatal(err)
	}
	if found, err := store.ByIndex("works", "value"); err != nil || len(found) != 1 {
		t.Errorf("Found %v, %v", found, err)
	}
	if logs.Len() != 5 {
		t.Errorf("%d of 5 are said", logs.Len())
	}
	for _, entry := range logs.All() {
		if !regexp.MustCompile(`PartialObjectMetadata default/odd$`).MatchString(entry.Message) {
			t.Errorf("Said: %s", entry.Message)
		}
	}
}

// TestStacks: a stack is in the log once, however often the same object is tried, and again
// for an object of that name which comes later.
func TestStacks(t *testing.T) {
	log, logs := logger()
	stacks := panics.Stacks{Logger: log}
	name := types.NamespacedName{Namespace: "default", Name: "hello"}
	err := panics.Catch(writeNil)
	for _, step := range []struct {
		do   func()
		said int
	}{
		{func() { stacks.Log(name, nil); stacks.Log(name, errors.New("no panic")) }, 0},
		{func() { stacks.Log(name, err); stacks.Log(name, err) }, 1},
		{func() { stacks.Log(name, panics.Catch(func() { panic("other") })) }, 2},
		{func() { stacks.Evict(name); stacks.Log(name, panics.Catch(func() { panic("other") })) }, 3},
	} {
		step.do()
		if logs.Len() != step.said {
			t.Errorf("Said %d times, want %d", logs.Len(), step.said)
		}
	}
}
