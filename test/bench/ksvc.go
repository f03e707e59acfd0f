// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking"

	"github.com/net-gateways/net-gateways/test/cluster"
)

const (
	manager = "bench"
	// within is how long one step of a measurement may take.
	within = 3 * time.Minute
)

// program is what a Revision runs. Its answers tell it from the other one; both
// cost next to nothing, so that the load meets the network first.
type program struct{ image, answer string }

var programs = [2]program{
	{"127.0.0.1:5000/helloworld:latest", "Hello World! How about some tasty noodles?\n"},
	{"127.0.0.1:5000/timeout:latest", "Slept for 0 milliseconds"},
}

// template keeps one Pod, so that no scaling disturbs. Its Pods may take timeoutSeconds
// to end, and the end of a namespace waits for half of what they may: 300 by default.
func (r program) template() map[string]any {
	return map[string]any{
		"metadata": map[string]any{"annotations": map[string]any{"autoscaling.knative.dev/min-scale": "1", "autoscaling.knative.dev/max-scale": "1"}},
		"spec":     map[string]any{"containers": []any{map[string]any{"image": r.image}}, "timeoutSeconds": int64(45)},
	}
}

// deploy creates a Knative Service, and deployReady also waits for it.
func (p *place) deploy(ctx context.Context, name string, runs program) error {
	return p.deployAs(ctx, name, runs, ingressClass)
}

// deployAs creates a Knative Service of an ingress class.
func (p *place) deployAs(ctx context.Context, name string, runs program, class string) error {
	_, err := cluster.KServices.CreateAs(ctx, p.Cluster, manager, &cluster.Object{
		"metadata": map[string]any{"namespace": p.namespace, "name": name, "annotations": map[string]any{networking.IngressClassAnnotationKey: class}},
		"spec":     map[string]any{"template": runs.template()},
	})
	return err
}

func (p *place) deployReady(ctx context.Context, name string, runs program) error {
	if err := p.deploy(ctx, name, runs); err != nil {
		return err
	}
	return p.awaitService(ctx, name, isReady)
}

// change edits a Knative Service as a user does.
func (p *place) change(ctx context.Context, name string, edit func(cluster.Object)) error {
	_, err := cluster.KServices.UpdateAs(ctx, p.Cluster, manager, types.NamespacedName{Namespace: p.namespace, Name: name}, func(service *cluster.Object) { edit(*service) })
	return err
}

// changeReady also waits until the change is served.
func (p *place) changeReady(ctx context.Context, name string, edit func(cluster.Object)) error {
	if err := p.change(ctx, name, edit); err != nil {
		return err
	}
	return p.awaitService(ctx, name, isReady)
}

func (p *place) awaitService(ctx context.Context, name string, met cluster.Met[cluster.Object]) error {
	if _, err := cluster.KServices.TryAwait(ctx, p.Cluster, p.namespace, name, within, met); err != nil {
		return fmt.Errorf("Knative Service %s: %w", name, err)
	}
	return nil
}

// moment is when something was first seen.
type moment struct {
	at  time.Time
	err error
}

// when starts to watch an object, and tells when it was first as wanted.
func when[T any](ctx context.Context, p *place, kind cluster.Kind[T], name string, met cluster.Met[T]) <-chan moment {
	seen := make(chan moment, 1)
	go func() {
		_, err := kind.TryAwait(ctx, p.Cluster, p.namespace, name, within, met)
		if err != nil {
			err = fmt.Errorf("%s %s: %w", kind.Kind, name, err)
		}
		seen <- moment{at: time.Now(), err: err}
	}()
	return seen
}

// isReady is met by an object of Serving that is Ready at its generation.
func isReady(object *cluster.Object) error {
	if object == nil {
		return errors.New("does not exist")
	}
	generation, _, _ := unstructured.NestedInt64(*object, "metadata", "generation")
	observed, _, _ := unstructured.NestedInt64(*object, "status", "observedGeneration")
	conditions, _, _ := unstructured.NestedSlice(*object, "status", "conditions")
	ready := slices.ContainsFunc(conditions, func(condition any) bool {
		fields, ok := condition.(map[string]any)
		return ok && fields["type"] == "Ready" && fields["status"] == "True"
	})
	if !ready || observed != generation {
		return fmt.Errorf("is not Ready at generation %d: %v", generation, conditions)
	}
	return nil
}
