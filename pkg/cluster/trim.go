// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/networking/pkg/certificates"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/features"
	"github.com/net-gateways/net-gateways/pkg/gatewayapi"
	"github.com/net-gateways/net-gateways/pkg/panics"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// Informers store the parts of objects that the controller reads (SPEC B-OPS-2). Any client that may write an object can
// fill its annotations and managedFields, which can be a hundred times as large as the rest.

// Trims are the functions that remove from objects what informers do not store, by kind.
func (c Clients) Trims() map[watch.Kind]func(metav1.Object) {
	return map[watch.Kind]func(metav1.Object){
		HTTPRoutes: c.trimWritten, OthersRoutes: trimToParents, ListenerSets: c.trimWritten, ReferenceGrants: c.trimWritten, BackendTLSPolicies: c.trimWritten, ConfigMaps: c.trimWritten,
		Gateways: trimGateway, GatewayClasses: TrimAll, Services: TrimAll, EndpointSlices: TrimAll, Deployments: TrimAll,
		Secrets: trimSecret, CRDs: trimCRD,
	}
}

// Trimmed is the transformation of an informer that trims objects, and gives their strings the memory of equal ones. If trim
// panics, the object is stored as it is by then.
func Trimmed(trim func(metav1.Object)) cache.TransformFunc {
	return func(object any) (any, error) {
		if known, ok := object.(metav1.Object); ok {
			if err := panics.Catch(func() {
				trim(known)
				intern(reflect.ValueOf(known))
			}); err != nil {
				runtime.HandleError(err)
			}
		}
		return object, nil
	}
}

// TrimAll removes the annotations and managedFields.
func TrimAll(object metav1.Object) {
	object.SetAnnotations(nil)
	object.SetManagedFields(nil)
}

// trimWritten is for objects that the controller writes. Annotations that it copied from a KIngress get the memory of
// those of the KIngress.
func (c Clients) trimWritten(object metav1.Object) {
	apply.Trim(object, rollout.Annotation)
	owner := metav1.GetControllerOf(object)
	if c.Ingresses == nil || owner == nil {
		return
	}
	stored, exists, err := c.Ingresses.GetByKey(types.NamespacedName{Namespace: object.GetNamespace(), Name: owner.Name}.String())
	if ing, ok := stored.(*v1alpha1.Ingress); ok && exists && err == nil {
		ShareStrings(object.GetAnnotations(), ing.Annotations)
	}
}

// ShareStrings gives values the memory of equal ones under the same keys.
func ShareStrings(values, with map[string]string) {
	for key, value := range values {
		if known, ok := with[key]; ok && known == value {
			values[key] = known
		}
	}
}

// trimGateway keeps the managedFields of the spec, by which pkg/dataplane knows the listeners of a KIngress, and the annotations
// that keep a Gateway private.
func trimGateway(object metav1.Object) {
	entries := slices.DeleteFunc(object.GetManagedFields(), func(entry metav1.ManagedFieldsEntry) bool { return entry.Subresource != "" })
	kept := map[string]string{}
	for _, row := range features.Behaviours() {
		if row.Private != nil {
			if value, has := object.GetAnnotations()[row.Private.Key]; has {
				kept[row.Private.Key] = value
			}
		}
	}
	TrimAll(object)
	object.SetManagedFields(entries)
	if len(kept) > 0 {
		object.SetAnnotations(kept)
	}
}

// trimCRD keeps the annotation that names the release of the Gateway API.
func trimCRD(object metav1.Object) {
	bundle, has := object.GetAnnotations()[gatewayapi.BundleVersion]
	TrimAll(object)
	if has {
		object.SetAnnotations(map[string]string{gatewayapi.BundleVersion: bundle})
	}
}

// trimSecret keeps of a Secret the certificates of its authority. The controller needs no private key, neither that of
// the data nor that in the annotation of a client that applied the Secret.
func trimSecret(object metav1.Object) {
	TrimAll(object)
	if secret, ok := object.(*corev1.Secret); ok {
		secret.Data = map[string][]byte{certificates.CaCertName: secret.Data[certificates.CaCertName]}
	}
}

// trimToParents keeps of an HTTPRoute its parentRefs, its hostnames, and by which its visibility is known. Of
// one whose parent is a Knative object it keeps the rules and the status, too.
func trimToParents(object metav1.Object) {
	state, has := object.GetAnnotations()[rollout.Annotation]
	TrimAll(object)
	if has {
		object.SetAnnotations(map[string]string{rollout.Annotation: state})
	}
	if route, ok := object.(*gatewayv1.HTTPRoute); ok {
		if len(attached.Frontends(route)) == 0 {
			route.Spec.Rules, route.Status = nil, gatewayv1.HTTPRouteStatus{}
		}
	}
}
