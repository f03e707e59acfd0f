// SPDX-License-Identifier: Apache-2.0

package view

import (
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	netconfig "knative.dev/networking/pkg/config"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate/backendtls"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// Routes implements observe.Owned.
func (r *Reader) Routes(ing *v1alpha1.Ingress) ([]*gatewayv1.HTTPRoute, error) {
	all, err := listed[gatewayv1.HTTPRoute](r, objects.HTTPRoutes, ing.Namespace, r.labelled(ing))
	return controlled(all, ing), r.note(err, true)
}

// labelled selects the objects that were written for a KIngress, and the shared ones of its namespace, so that the API server
// does not send those of a thousand others. For many KIngresses all are read, once.
func (r *Reader) labelled(ing *v1alpha1.Ingress) labels.Selector {
	requirement, err := labels.NewRequirement(networking.IngressLabelKey, selection.In, []string{"", names.IngressLabelValue(ing)})
	if r.many || err != nil {
		return labels.Everything()
	}
	return labels.NewSelector().Add(*requirement)
}

// Taken are the refusals of HTTPRoutes that are wanted, and of whose names others of another owner exist.
func (r *Reader) Taken(ing *v1alpha1.Ingress, wanted []*gatewayv1.HTTPRoute) ([]conditions.Reasoned, error) {
	routes, err := r.Routes(ing)
	if err != nil {
		return nil, err
	}
	found := []conditions.Reasoned{}
	for _, want := range wanted {
		if slices.ContainsFunc(routes, func(own *gatewayv1.HTTPRoute) bool { return own.Name == want.Name }) {
			continue
		}
		existing, err := objects.Get[gatewayv1.HTTPRoute](r.source, objects.HTTPRoutes, apply.NameOf(want))
		if err := r.note(err, true); err != nil {
			return nil, err
		}
		if existing == nil {
			continue
		}
		if refusal := apply.Taken(existing, want, ing); refusal != nil {
			found = append(found, refusal)
		}
	}
	return found, nil
}

// Grants implements observe.Owned.
func (r *Reader) Grants(ing *v1alpha1.Ingress) ([]*gatewayv1beta1.ReferenceGrant, error) {
	all, err := listed[gatewayv1beta1.ReferenceGrant](r, objects.ReferenceGrants, ing.Namespace, r.labelled(ing))
	return controlled(all, ing), r.note(err, false)
}

// ListenerSets implements observe.Owned.
func (r *Reader) ListenerSets(ing *v1alpha1.Ingress) ([]*gatewayv1.ListenerSet, error) {
	all, err := listed[gatewayv1.ListenerSet](r, objects.ListenerSets, ing.Namespace, r.labelled(ing))
	if notServed := (*objects.NotServed)(nil); errors.As(err, &notServed) {
		return nil, &observe.NotServed{Detail: err.Error()}
	}
	return slices.DeleteFunc(slices.Clone(all), func(set *gatewayv1.ListenerSet) bool {
		shared := metav1.GetControllerOf(set) == nil && len(set.OwnerReferences) > 0
		return !observe.Owns(ing, set) && !(shared && observe.Concerns(ing, set))
	}), r.note(err, observe.WantsHTTPS(ing))
}

// Policies implements observe.Owned.
func (r *Reader) Policies(services []*corev1.Service) ([]*gatewayv1.BackendTLSPolicy, error) {
	found, asked := []*gatewayv1.BackendTLSPolicy{}, map[string]bool{}
	for _, service := range services {
		if asked[service.Namespace] {
			continue
		}
		asked[service.Namespace] = true
		all, err := listed[gatewayv1.BackendTLSPolicy](r, objects.BackendTLSPolicies, service.Namespace, labels.Everything())
		if notServed := (*objects.NotServed)(nil); errors.As(err, &notServed) {
			return nil, &observe.NotServed{Detail: err.Error()}
		}
		if err := r.note(err, false); err != nil {
			return nil, err
		}
		for _, policy := range all {
			if slices.ContainsFunc(services, func(owner *corev1.Service) bool {
				return owner.Namespace == policy.Namespace && metav1.IsControlledBy(policy, owner)
			}) {
				found = append(found, policy)
			}
		}
	}
	return found, nil
}

// Trust implements observe.Reader.
func (r *Reader) Trust() (input.Trust, error) {
	name := types.NamespacedName{Namespace: r.system, Name: netconfig.ServingRoutingCertName}
	secret, err := objects.Get[corev1.Secret](r.source, objects.Secrets, name)
	if err := r.note(err, true); err != nil {
		return input.Trust{}, err
	}
	labelled, err := labels.Parse(networking.TrustBundleLabelKey)
	if err != nil {
		return input.Trust{}, err
	}
	bundles, err := listed[corev1.ConfigMap](r, objects.ConfigMaps, r.system, labelled)
	return backendtls.ReadTrust(name.String(), secret, bundles), r.note(err, true)
}

// StoredTrust implements observe.Owned.
func (r *Reader) StoredTrust(namespace string) (*corev1.ConfigMap, error) {
	found, err := objects.Get[corev1.ConfigMap](r.source, objects.ConfigMaps, types.NamespacedName{Namespace: namespace, Name: backendtls.TrustName})
	return found, r.note(err, false)
}

// GatewaysOf implements observe.Owned. It looks at the Gateways that config-gateway names, not at all of the cluster.
func (r *Reader) GatewaysOf(ing *v1alpha1.Ingress) ([]*gatewayv1.Gateway, error) {
	found, seen := []*gatewayv1.Gateway{}, map[types.NamespacedName]bool{}
	for _, entry := range slices.Concat(r.state.Config.External, r.state.Config.Local) {
		if seen[entry.Gateway] {
			continue
		}
		seen[entry.Gateway] = true
		gateway, err := r.Gateway(entry.Gateway)
		if err != nil {
			return nil, err
		}
		if gateway != nil && dataplane.HeldListeners(gateway, ing.UID).Len() > 0 {
			found = append(found, gateway)
		}
	}
	return found, nil
}

// controlled are the objects that a KIngress controls.
func controlled[T metav1.Object](all []T, owner metav1.Object) []T {
	return slices.DeleteFunc(slices.Clone(all), func(object T) bool { return !metav1.IsControlledBy(object, owner) })
}

// listed reads objects as a type of Go, each list once. Callers do not change the slice.
func listed[T any](r *Reader, kind objects.Kind, namespace string, selector labels.Selector) ([]*T, error) {
	asked := kind.File() + " " + namespace + " " + selector.String()
	if known, found := r.lists[asked]; found {
		return known.([]*T), nil
	}
	all, err := objects.List[T](r.source, kind, namespace, selector)
	if err == nil {
		r.lists[asked] = all
	}
	return all, err
}
