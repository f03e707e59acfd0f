// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// namespace is that of a KIngress. Its informer may show it later than another one shows the
// KIngress: until then nobody knows which entries are for it, and on the default one a service
// of an isolated namespace would be reached through everybody's Gateway (SPEC B-SEL-3). So
// whoever depends on it waits, and what stands stays.
func (r *Reconciler) namespace(ing *v1alpha1.Ingress) (*corev1.Namespace, error) {
	found, err := r.namespaces.Get(ing.Namespace)
	if apierrors.IsNotFound(err) {
		return nil, fmt.Errorf("namespace %s of KIngress %s is not seen yet: its labels decide which Gateway serves", ing.Namespace, ing.Name)
	}
	return found, err
}

// ends tells that a namespace is being deleted: nothing can be created in it any more.
func (r *Reconciler) ends(namespace string) bool {
	found, err := r.namespaces.Get(namespace)
	return err == nil && found.DeletionTimestamp != nil
}

// namespaceEvents sees namespaces, whose labels selectors look at.
type namespaceEvents struct{ *clusterEvents }

func (e namespaceEvents) OnAdd(object any, initial bool) {
	if !initial { // the first list is there before any KIngress is looked at
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

// changed enqueues the KIngresses of a namespace, and those elsewhere that share a host with
// one of them: who has it depends on the Gateways of both.
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
			for host := range hostsOf(ing) {
				concerned = append(concerned, e.ingressesBy(byHost, host)...)
			}
		}
	}
	e.resync(concerned)
}
