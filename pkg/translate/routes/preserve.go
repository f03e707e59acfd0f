// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// PartOf is a stored HTTPRoute cut to some of its hosts, in the form in which it is written. Its rollout
// state stays.
func PartOf(stored *gatewayv1.HTTPRoute, hosts sets.Set[gatewayv1.Hostname]) *gatewayv1.HTTPRoute {
	part := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{
		Namespace: stored.Namespace, Name: stored.Name, Labels: maps.Clone(stored.Labels), Annotations: maps.Clone(stored.Annotations),
		OwnerReferences: slices.Clone(stored.OwnerReferences),
	}}
	stored.Spec.DeepCopyInto(&part.Spec)
	part.Spec.Hostnames = slices.DeleteFunc(part.Spec.Hostnames, func(host gatewayv1.Hostname) bool { return !hosts.Has(host) })
	if state := rollout.Decode(part.Annotations[rollout.Annotation]); state != nil && state.Rendered == renderedHash(stored) {
		state.Rendered = renderedHash(part)
		part.Annotations[rollout.Annotation] = state.Encode()
	}
	return part
}

// Renamed gives the part of an HTTPRoute another name if its own is taken: that of its last host, like
// all HTTPRoutes, with a suffix that tells it from others of this host.
func Renamed(part *gatewayv1.HTTPRoute, taken func(name string) bool) {
	stored := part.Name
	suffix := ""
	for _, known := range []string{names.LocalSuffix, names.RedirectSuffix} {
		if strings.HasSuffix(stored, known) {
			suffix = known
		}
	}
	last := string(slices.Max(part.Spec.Hostnames))
	for number := 0; taken(part.Name); number++ {
		part.Name = names.Route(last, names.PartSuffix(number)+suffix)
	}
}
