// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/keys"
)

// ListenerFinalizer is the controller's finalizer on a KIngress that has listeners on Gateways, because
// no owner reference lets the garbage collector remove these. The garbage collector removes all other
// objects (SPEC B-OPS-4).
const ListenerFinalizer = keys.Prefix + "gateway-listeners"

// HoldsListeners tells whether a KIngress may have listeners on Gateways.
func HoldsListeners(ing *v1alpha1.Ingress) bool {
	return slices.Contains(ing.Finalizers, ListenerFinalizer)
}

// WantsHTTPS tells whether a KIngress depends on HTTPS listeners.
func WantsHTTPS(ing *v1alpha1.Ingress) bool {
	return len(ing.Spec.TLS) > 0 || ing.Spec.HTTPOption == v1alpha1.HTTPOptionRedirected || HoldsListeners(ing)
}

// Older decides which of two KIngresses holds a host: the one that was created earlier, and of two of the
// same second the one whose name comes first.
func Older(a, b *v1alpha1.Ingress) bool {
	if !a.CreationTimestamp.Equal(&b.CreationTimestamp) {
		return a.CreationTimestamp.Before(&b.CreationTimestamp)
	}
	return nameOf(a).String() < nameOf(b).String()
}

func byAge(a, b *v1alpha1.Ingress) int {
	switch {
	case Older(a, b):
		return -1
	case Older(b, a):
		return 1
	}
	return 0
}

// HostsOf are the hosts of a KIngress.
func HostsOf(ing *v1alpha1.Ingress) sets.Set[string] {
	hosts := sets.New[string]()
	for _, rule := range ing.Spec.Rules {
		hosts.Insert(rule.Hosts...)
	}
	return hosts
}

// RewritesOf are the hosts that a KIngress rewrites to. Other KIngresses of its namespace serve them.
func RewritesOf(ing *v1alpha1.Ingress) sets.Set[string] {
	found := sets.New[string]()
	eachPath(ing, func(path v1alpha1.HTTPIngressPath) {
		if path.RewriteHost != "" {
			found.Insert(path.RewriteHost)
		}
	})
	return found
}

// BackendsOf are the Services to which a KIngress sends requests.
func BackendsOf(ing *v1alpha1.Ingress) sets.Set[types.NamespacedName] {
	found := sets.New[types.NamespacedName]()
	eachPath(ing, func(path v1alpha1.HTTPIngressPath) {
		for _, split := range path.Splits {
			name := types.NamespacedName{Namespace: split.ServiceNamespace, Name: split.ServiceName}
			if name.Namespace == "" {
				name.Namespace = ing.Namespace
			}
			found.Insert(name)
		}
	})
	return found
}

// SecretsOf are the Secrets of its own namespace that spec.tls of a KIngress names.
func SecretsOf(ing *v1alpha1.Ingress) sets.Set[types.NamespacedName] {
	found := sets.New[types.NamespacedName]()
	for _, tls := range ing.Spec.TLS {
		if tls.SecretNamespace == "" || tls.SecretNamespace == ing.Namespace {
			found.Insert(types.NamespacedName{Namespace: ing.Namespace, Name: tls.SecretName})
		}
	}
	return found
}

// PublishedAt is the load balancer of a visibility in the status of a KIngress.
func PublishedAt(ing *v1alpha1.Ingress, visibility v1alpha1.IngressVisibility) []v1alpha1.LoadBalancerIngressStatus {
	published := ing.Status.PublicLoadBalancer
	if visibility == v1alpha1.IngressVisibilityClusterLocal {
		published = ing.Status.PrivateLoadBalancer
	}
	if published == nil {
		return nil
	}
	return published.Ingress
}

func eachPath(ing *v1alpha1.Ingress, visit func(v1alpha1.HTTPIngressPath)) {
	for _, rule := range ing.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for _, path := range rule.HTTP.Paths {
			visit(path)
		}
	}
}

func nameOf(ing *v1alpha1.Ingress) types.NamespacedName {
	return types.NamespacedName{Namespace: ing.Namespace, Name: ing.Name}
}
