// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/watch"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// oneAddress is met by exactly one entry with exactly one field.
func oneAddress(published *v1alpha1.LoadBalancerStatus) error {
	if published == nil {
		return errors.New("nothing is published")
	}
	if len(published.Ingress) != 1 {
		return fmt.Errorf("%d entries are published, want 1: %v", len(published.Ingress), published.Ingress)
	}
	entry, fields := published.Ingress[0], 0
	for _, value := range []string{entry.IP, entry.Domain, entry.DomainInternal} {
		if value != "" {
			fields++
		}
	}
	if fields != 1 || entry.MeshOnly {
		return fmt.Errorf("want one field: %+v", entry)
	}
	return nil
}

// watchPublished collects the different addresses that a KIngress publishes from now
// on; calling the result ends it.
func watchPublished(t *testing.T, space *fixture.Space, name string) func() []string {
	t.Helper()
	var mu sync.Mutex
	seen := sets.New[string]()
	stop := cluster.KIngresses.Watch(t, space.Cluster, space.Name, metav1.ListOptions{FieldSelector: "metadata.name=" + name},
		func(_ watch.EventType, ing *v1alpha1.Ingress) {
			mu.Lock()
			defer mu.Unlock()
			seen.Insert(fmt.Sprint(ing.Status.PublicLoadBalancer, ing.Status.PrivateLoadBalancer))
		})
	return func() []string {
		stop()
		mu.Lock()
		defer mu.Unlock()
		return sets.List(seen)
	}
}

// differ compares what is with what is wanted.
func differ(what, is, want string) error {
	if is == want {
		return nil
	}
	return fmt.Errorf("%s is %q, want %q", what, is, want)
}
