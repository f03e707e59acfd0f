// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// ownedBy is where to look, and for whose objects.
type ownedBy struct {
	seen  *observed
	store cache.Indexer
	owner metav1.Object
}

// gatherControlled puts the objects that an owner controls into found, by name: what the
// informer shows, and what was written and is not shown yet.
func gatherControlled[T metav1.Object](by ownedBy, recent *watch.Recent[T], found map[string]T) error {
	stored, err := by.store.ByIndex(cluster.ByController, cluster.ControlledBy(by.owner))
	if err != nil {
		return err
	}
	shown := map[types.UID]bool{}
	for _, object := range stored {
		newest := recent.Newest(object.(T))
		shown[newest.GetUID()] = true
		found[newest.GetName()] = newest
	}
	for _, object := range recent.Unseen(shown, func(object T) bool { return apply.IsControlledBy(object, by.owner) }) {
		found[object.GetName()] = object
		by.seen.unseen = watch.UnseenFor
	}
	return nil
}
