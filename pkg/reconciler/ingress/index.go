// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// Indexes of the KIngresses of the controller's class.
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
	byFrontend         = "frontend"         // the Knative object that owns its hosts
)

func ours(ing *v1alpha1.Ingress) bool {
	return ing.Annotations[networking.IngressClassAnnotationKey] == config.IngressClass
}

func indexers() cache.Indexers {
	return cache.Indexers{
		byHost:             index(observe.HostsOf),
		byRewrite:          index(rewritesOf),
		byBackend:          index(backendsOf),
		byBackendNamespace: index(backendNamespacesOf),
		bySecret:           index(secretsOf),
		byPublished:        index(publishedBy),
		bySecured:          index(securedIn),
		byListener:         index(listenerOwner),
		byUnsettled:        index(unsettled),
		byFrontend:         index(frontendOf),
	}
}

// ingressesBy are the KIngresses of an index under a value.
func (r *Reconciler) ingressesBy(indexName, value string) ([]*v1alpha1.Ingress, error) {
	objects, err := r.indexer.ByIndex(indexName, value)
	if err != nil {
		return nil, err
	}
	found := make([]*v1alpha1.Ingress, 0, len(objects))
	for _, object := range objects {
		found = append(found, object.(*v1alpha1.Ingress))
	}
	return found, nil
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

// keys are names as NAMESPACE/NAME.
func keys(names sets.Set[types.NamespacedName]) sets.Set[string] {
	found := sets.New[string]()
	for name := range names {
		found.Insert(name.String())
	}
	return found
}

func rewritesOf(ing *v1alpha1.Ingress) sets.Set[string] {
	found := sets.New[string]()
	for host := range observe.RewritesOf(ing) {
		found.Insert(ing.Namespace + "/" + host)
	}
	return found
}

func backendsOf(ing *v1alpha1.Ingress) sets.Set[string] { return keys(observe.BackendsOf(ing)) }

func secretsOf(ing *v1alpha1.Ingress) sets.Set[string] { return keys(observe.SecretsOf(ing)) }

// publishedBy are the Services whose names a KIngress publishes.
func publishedBy(ing *v1alpha1.Ingress) sets.Set[string] {
	names := sets.New[string]()
	for _, visibility := range config.Visibilities {
		if name := dataplane.ServiceOf(observe.PublishedAt(ing, visibility)); name.Name != "" {
			names.Insert(name.String())
		}
	}
	return names
}

func backendNamespacesOf(ing *v1alpha1.Ingress) sets.Set[string] {
	found := sets.New[string]()
	for backend := range observe.BackendsOf(ing) {
		found.Insert(backend.Namespace)
	}
	return found
}

func securedIn(ing *v1alpha1.Ingress) sets.Set[string] {
	if len(rules.Secured(ing)) == 0 {
		return nil
	}
	return sets.New(ing.Namespace)
}

func frontendOf(ing *v1alpha1.Ingress) sets.Set[string] {
	frontend, is := attached.FrontendOf(ing)
	if !is {
		return nil
	}
	return sets.New(frontend.String())
}

// waits is the only value of the index byUnsettled.
const waits = "waits"

func unsettled(ing *v1alpha1.Ingress) sets.Set[string] {
	if status.IsSettled(ing.Status, ing.Generation) {
		return nil
	}
	return sets.New(waits)
}
