// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/cli/examine"
)

// pathsOf is where requests go.
func pathsOf(found *examine.Examination) []Path {
	warming := sets.New[string]()
	for _, route := range found.Desired.Routes {
		warming.Insert(route.Warming...)
	}
	return Paths(found.Seen.Ingress.Spec.Rules, warming)
}

// Paths is where the requests for some rules go. Backends that are warming get none yet.
func Paths(rules []v1alpha1.IngressRule, warming sets.Set[string]) []Path {
	paths := []Path{}
	for _, rule := range rules {
		if rule.HTTP == nil {
			continue
		}
		for _, path := range rule.HTTP.Paths {
			one := Path{Hosts: rule.Hosts, Path: path.Path, RewriteHost: path.RewriteHost, Shares: shares(path, warming)}
			for name, match := range path.Headers {
				if one.Headers == nil {
					one.Headers = map[string]string{}
				}
				one.Headers[name] = match.Exact
			}
			paths = append(paths, one)
		}
	}
	return paths
}

func shares(path v1alpha1.HTTPIngressPath, warming sets.Set[string]) []Share {
	found := []Share{}
	for _, split := range path.Splits {
		share := Share{Percent: split.Percent, Service: split.ServiceName}
		if len(path.Splits) == 1 {
			share.Percent = 100
		}
		share.Warming = slices.ContainsFunc(warming.UnsortedList(), func(backend string) bool {
			return strings.HasPrefix(backend, split.ServiceNamespace+"/"+split.ServiceName+":")
		})
		found = append(found, share)
	}
	return found
}
