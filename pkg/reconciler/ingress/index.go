// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// Indexes over the KIngresses of our class.
const (
	byHost             = "host"             // hosts that it serves
	byRewrite          = "rewrite"          // NAMESPACE/HOST that it rewrites to
	byBackend          = "backend"          // NAMESPACE/NAME of Services
	byBackendNamespace = "backendNamespace" // namespaces of these
	bySecret           = "secret"           // NAMESPACE/NAME of certificates
	byPublished        = "published"        // NAMESPACE/NAME of Services whose names it publishes
	bySecured          = "secured"          // its own namespace, if it wants TLS to its backends
	byListener         = "listener"         // the digest in the names of its listeners on Gateways
	byUnsettled        = "unsettled"        // waits, if it is not Ready at its generation
)

func ours(ing *v1alpha1.Ingress) bool {
	return ing.Annotations[networking.IngressClassAnnotationKey] == config.IngressClass
}

func indexers() cache.Indexers {
	return cache.Indexers{
		byHost:             index(hostsOf),
		byRewrite:          index(rewritesOf),
		byBackend:          index(backendsOf),
		byBackendNamespace: index(backendNamespacesOf),
		bySecret:           index(secretsOf),
		byPublished:        index(publishedBy),
		bySecured:          index(securedIn),
		byListener:         index(listenerOwner),
		byUnsettled:        index(unsettled),
	}
}

func index(keys func(*v1alpha1.Ingress) sets.Set[string]) cache.IndexFunc {
	return func(object any) ([]string, error) {
		ing, ok := object.(*v1alpha1.Ingress)
		if !ok || !ours(ing) {
			return nil, nil
		}
		return keys(ing).UnsortedList(), nil
	}
}

func hostsOf(ing *v1alpha1.Ingress) sets.Set[string] {
	hosts := sets.New[string]()
	for _, rule := range ing.Spec.Rules {
		hosts.Insert(rule.Hosts...)
	}
	return hosts
}

func rewritesOf(ing *v1alpha1.Ingress) sets.Set[string] {
	found := sets.New[string]()
	eachPath(ing, func(path v1alpha1.HTTPIngressPath) {
		if path.RewriteHost != "" {
			found.Insert(ing.Namespace + "/" + path.RewriteHost)
		}
	})
	return found
}

func backendsOf(ing *v1alpha1.Ingress) sets.Set[string] {
	found := sets.New[string]()
	eachPath(ing, func(path v1alpha1.HTTPIngressPath) {
		for _, split := range path.Splits {
			found.Insert(namespaceOf(split, ing) + "/" + split.ServiceName)
		}
	})
	return found
}

// secretsOf are the certificates of its own namespace.
func secretsOf(ing *v1alpha1.Ingress) sets.Set[string] {
	found := sets.New[string]()
	for _, tls := range ing.Spec.TLS {
		if tls.SecretNamespace == "" || tls.SecretNamespace == ing.Namespace {
			found.Insert(ing.Namespace + "/" + tls.SecretName)
		}
	}
	return found
}

func backendNamespacesOf(ing *v1alpha1.Ingress) sets.Set[string] {
	found := sets.New[string]()
	eachPath(ing, func(path v1alpha1.HTTPIngressPath) {
		for _, split := range path.Splits {
			found.Insert(namespaceOf(split, ing))
		}
	})
	return found
}

func securedIn(ing *v1alpha1.Ingress) sets.Set[string] {
	if len(translate.Secured(ing)) == 0 {
		return nil
	}
	return sets.New(ing.Namespace)
}

// waits is the one value of the index byUnsettled.
const waits = "waits"

func unsettled(ing *v1alpha1.Ingress) sets.Set[string] {
	if status.IsSettled(ing.Status, ing.Generation) {
		return nil
	}
	return sets.New(waits)
}

func namespaceOf(split v1alpha1.IngressBackendSplit, ing *v1alpha1.Ingress) string {
	if split.ServiceNamespace == "" {
		return ing.Namespace
	}
	return split.ServiceNamespace
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
