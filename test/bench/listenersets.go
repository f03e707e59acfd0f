// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/gateways"
)

const listenerSetCRD = "listenersets.gateway.networking.k8s.io"

var crds = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// withoutListenerSets takes the CRD of ListenerSets away. What it returns brings it back and restarts the
// gateways' controller, which looks for CRDs when it starts.
func (c clients) withoutListenerSets(ctx context.Context) (restore func(), err error) {
	of := c.Dynamic.Resource(crds)
	crd, err := of.Get(ctx, listenerSetCRD, metav1.GetOptions{})
	if err != nil {
		return func() {}, err
	}
	crd.Object["metadata"] = map[string]any{"name": crd.GetName(), "annotations": crd.Object["metadata"].(map[string]any)["annotations"]}
	delete(crd.Object, "status")
	restore = func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		_, err := of.Create(ctx, crd, metav1.CreateOptions{})
		if err = errors.Join(err, c.restartControl(ctx)); err != nil {
			log.Printf("bring CRD %s back: %v", listenerSetCRD, err)
		}
	}
	if err := of.Delete(ctx, listenerSetCRD, metav1.DeleteOptions{}); err != nil {
		return func() {}, err
	}
	for {
		if _, err := of.Get(ctx, listenerSetCRD, metav1.GetOptions{}); apierrors.IsNotFound(err) {
			return restore, nil
		}
		if err := pause(ctx, lookAgain); err != nil {
			return restore, fmt.Errorf("CRD %s is not gone: %w", listenerSetCRD, err)
		}
	}
}

func (c clients) restartControl(ctx context.Context) error {
	installed, err := gateways.Read(ctx, c.Cluster)
	if err != nil {
		return err
	}
	patch := fmt.Sprintf(`{"spec":{"template":{"metadata":{"annotations":{"net-gateways.github.io/bench":"%d"}}}}}`, time.Now().Unix())
	for _, name := range installed.Control {
		stamped, err := c.Kube.AppsV1().Deployments(name.Namespace).Patch(ctx, name.Name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
		if err != nil {
			return err
		}
		_, err = cluster.Deployments.TryAwait(ctx, c.Cluster, name.Namespace, name.Name, cluster.Minutes, func(found *appsv1.Deployment) error {
			if found == nil || found.Status.ObservedGeneration < stamped.Generation || found.Status.UpdatedReplicas != found.Status.AvailableReplicas || found.Status.Replicas != found.Status.UpdatedReplicas {
				return fmt.Errorf("Deployment %s is not rolled out", name)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
