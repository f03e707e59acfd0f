// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"log"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/test/cluster"
)

// configure sets one key of a ConfigMap of Knative, and returns what puts it back.
func (c clients) configure(ctx context.Context, name, key, value string) (restore func(), err error) {
	stored, err := c.Kube.CoreV1().ConfigMaps(cluster.SystemNamespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	var before any
	if old, is := stored.Data[key]; is {
		before = old
	}
	restore = func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := c.setKey(ctx, name, key, before); err != nil {
			log.Printf("put %s in %s back to %v: %v", key, name, before, err)
		}
	}
	return restore, c.setKey(ctx, name, key, value)
}

// setKey sets a key, or removes it when the value is nil.
func (c clients) setKey(ctx context.Context, name, key string, value any) error {
	patch, err := json.Marshal(map[string]any{"data": map[string]any{key: value}})
	if err != nil {
		return err
	}
	_, err = c.Kube.CoreV1().ConfigMaps(cluster.SystemNamespace).Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}
