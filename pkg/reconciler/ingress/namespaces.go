// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/observe"
)

// ends tells that a namespace is being deleted, so that no object can be created in it any more.
func (r *Reconciler) ends(namespace string) bool {
	found, err := r.namespaces.Get(namespace)
	return err == nil && found.DeletionTimestamp != nil
}

// namespaceEvents handles the events of namespaces: namespace-selectors match their labels.
type namespaceEvents struct{ *clusterEvents }

func (e namespaceEvents) OnAdd(object any, initial bool) {
	if !initial { // the first list is there before the first reconcile
		e.changed(object.(*corev1.Namespace))
	}
}

func (e namespaceEvents) OnUpdate(old, object any) {
	before, after := old.(*corev1.Namespace), object.(*corev1.Namespace)
	if recreated(before, after) || !equality.Semantic.DeepEqual(before.Labels, after.Labels) {
		e.changed(after)
	}
}

func (e namespaceEvents) OnDelete(any) {}

// changed enqueues the KIngresses of a namespace, and those of other namespaces with a host of one of
// them: which of them holds the host depends on the Gateways of both.
func (e namespaceEvents) changed(namespace *corev1.Namespace) {
	found, err := e.r.indexer.ByIndex(cache.NamespaceIndex, namespace.Name)
	if err != nil {
		e.logger.Errorw("Cannot list the KIngresses of a namespace", zap.Error(err))
	}
	concerned := []*v1alpha1.Ingress{}
	for _, object := range found {
		ing, ok := object.(*v1alpha1.Ingress)
		if !ok {
			continue
		}
		concerned = append(concerned, ing)
		if ours(ing) {
			for host := range observe.HostsOf(ing) {
				concerned = append(concerned, e.ingressesBy(byHost, host)...)
			}
		}
	}
	e.resync(concerned)
}
