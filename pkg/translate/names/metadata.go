// SPDX-License-Identifier: Apache-2.0

package names

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/kmeta"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/keys"
	"github.com/net-gateways/net-gateways/pkg/rollout"
)

// carrier is what labels and annotations of a KIngress are carried to.
type carrier int

const (
	externalRoute carrier = iota
	localRoute
	listenerSet
	referenceGrant
)

var (
	everything   = []carrier{externalRoute, localRoute, listenerSet, referenceGrant}
	butExternals = []carrier{localRoute, listenerSet, referenceGrant}
	listenerSets = []carrier{listenerSet}
)

// notCarried are the annotations that are not carried, by key or by the prefix of keys that
// ends in a slash, with the objects that do not get them and the reason (SPEC B-TRN-9). All
// else is.
var notCarried = []struct {
	annotation string
	to         []carrier
	reason     string
}{
	{corev1.LastAppliedConfigAnnotation, everything, "kubectl would take the KIngress for what was last applied to the object"},
	{networking.IngressClassAnnotationKey, everything, "the class is the KIngress's"},
	{networking.IngressClassAnnotationAltKey, everything, "the class is the KIngress's"},
	{networking.RolloutAnnotationKey, everything, "Serving rewrites its bookkeeping while a rollout runs: a write without a change of traffic"},
	{rollout.Annotation, everything, "how far an object's change has come is its own, and decides what is written"},
	{DrainingAnnotation, everything, "since when listeners drain is the object's own"},
	{"external-dns.alpha.kubernetes.io/", butExternals, "names in the cluster would become public, or the external address one of theirs"},
	{"external-dns.kubernetes.io/", butExternals, "external-dns reads this prefix instead since 0.22"},
	{certManagerPrefix, listenerSets, "cert-manager would issue certificates for the Secrets of the listeners, which Serving's certificates are, or others' own"},
}

// DrainingAnnotation has the listeners that drain, by name: since when spec.tls does not name their
// hosts. Its key on objects is older than this name.
//
// Serving takes the entry of a host out of spec.tls while it renews its certificate. The old one is
// valid meanwhile, and clients go on to use it.
const DrainingAnnotation = keys.Prefix + "unlisted"

// certManagerPrefix begins the annotations that cert-manager reads from ListenerSets, and takes from
// their Gateway where they have no issuer of their own. By ignoreTLSListeners, a list of names with
// commas, it leaves listeners alone nevertheless (cert-manager 1.21, pkg/controller/certificate-shim).
const (
	certManagerPrefix  = "cert-manager.io/"
	ignoreTLSListeners = certManagerPrefix + "ignore-tls-listeners"
)

// KeepFromCertManager tells cert-manager to leave all listeners of a ListenerSet alone.
func KeepFromCertManager(set *gatewayv1.ListenerSet) {
	names := make([]string, 0, len(set.Spec.Listeners))
	for _, listener := range set.Spec.Listeners {
		names = append(names, string(listener.Name))
	}
	if set.Annotations == nil {
		set.Annotations = map[string]string{}
	}
	set.Annotations[ignoreTLSListeners] = strings.Join(names, ",")
}

// OfRoute is the metadata of an HTTPRoute of a visibility.
func OfRoute(ing *v1alpha1.Ingress, name string, visibility v1alpha1.IngressVisibility) metav1.ObjectMeta {
	to := localRoute
	if visibility == v1alpha1.IngressVisibilityExternalIP {
		to = externalRoute
	}
	meta := objectMeta(ing, name, to)
	meta.Labels[networking.VisibilityLabelKey] = visibilityLabel(visibility)
	return meta
}

// OfListenerSet is the metadata of a ListenerSet of the KIngress's own.
func OfListenerSet(ing *v1alpha1.Ingress, name string) metav1.ObjectMeta {
	return objectMeta(ing, name, listenerSet)
}

// OfGrant is the metadata of a ReferenceGrant.
func OfGrant(ing *v1alpha1.Ingress, name string) metav1.ObjectMeta {
	return objectMeta(ing, name, referenceGrant)
}

// objectMeta is the metadata of an object that belongs to the KIngress: its labels
// and annotations are carried over (SPEC B-TRN-6), it controls the object, and our
// informers find it by the ingress label.
func objectMeta(ing *v1alpha1.Ingress, name string, to carrier) metav1.ObjectMeta {
	labels := map[string]string{}
	maps.Copy(labels, ing.Labels)
	labels[networking.IngressLabelKey] = IngressLabelValue(ing)

	annotations := map[string]string{}
	for key, value := range ing.Annotations {
		if carried(key, to) {
			annotations[key] = value
		}
	}
	return metav1.ObjectMeta{
		Namespace:       ing.Namespace,
		Name:            name,
		Labels:          labels,
		Annotations:     annotations,
		OwnerReferences: []metav1.OwnerReference{*kmeta.NewControllerRef(ing)},
	}
}

func carried(annotation string, to carrier) bool {
	for _, row := range notCarried {
		prefix := strings.HasSuffix(row.annotation, "/") && strings.HasPrefix(annotation, row.annotation)
		if (prefix || annotation == row.annotation) && slices.Contains(row.to, to) {
			return false
		}
	}
	return true
}

// privateLabel is the value of the label networking.knative.dev/visibility on a route of
// cluster-local hosts; Serving's constant of that value is in its own module.
const privateLabel = "cluster-local"

// visibilityLabel is that label's value on the HTTPRoutes of a visibility, as the
// single-gateway plugin writes it, too (SPEC B-INS-10).
func visibilityLabel(visibility v1alpha1.IngressVisibility) string {
	if visibility == v1alpha1.IngressVisibilityClusterLocal {
		return privateLabel
	}
	return ""
}

// VisibilityOf is the visibility of a stored HTTPRoute, by its label, or by the rollout annotation on one
// that an earlier release has written without the label.
func VisibilityOf(route *gatewayv1.HTTPRoute) (v1alpha1.IngressVisibility, bool) {
	switch value, labelled := route.Labels[networking.VisibilityLabelKey]; {
	case labelled && value == "":
		return v1alpha1.IngressVisibilityExternalIP, true
	case value == privateLabel:
		return v1alpha1.IngressVisibilityClusterLocal, true
	}
	switch state := rollout.Decode(route.Annotations[rollout.Annotation]); {
	case state == nil:
		return "", false
	case state.Private:
		return v1alpha1.IngressVisibilityClusterLocal, true
	}
	return v1alpha1.IngressVisibilityExternalIP, true
}
