// SPDX-License-Identifier: Apache-2.0

package find

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/observe"
)

// Found is what an argument names. One of the two is not nil.
type Found struct {
	Ingress *v1alpha1.Ingress
	Service *unstructured.Unstructured
}

// Name is the NAMESPACE/NAME of what was found.
func (f Found) Name() string {
	if f.Ingress != nil {
		return f.Ingress.Namespace + "/" + f.Ingress.Name
	}
	return f.Service.GetNamespace() + "/" + f.Service.GetName()
}

// Name splits an argument: NAME, KIND/NAME or NAMESPACE/NAME.
func Name(argument, namespace string) types.NamespacedName {
	before, name, both := strings.Cut(argument, "/")
	switch {
	case !both:
		return types.NamespacedName{Namespace: namespace, Name: argument}
	case slices.Contains([]string{"kingress", "king", "ksvc", "service", "domainmapping", "dm"}, before):
		return types.NamespacedName{Namespace: namespace, Name: name}
	}
	return types.NamespacedName{Namespace: before, Name: name}
}

// Find finds what a name or a host names. It may also be a host of any KIngress that the
// reader lists, or, if these are of all namespaces, a name in any.
func Find(reader *view.Reader, name types.NamespacedName) (Found, error) {
	ing, err := objects.Get[v1alpha1.Ingress](reader.Source(), objects.KIngresses, name)
	if err != nil {
		return Found{}, err
	}
	service, err := reader.Source().Get(objects.KServices, name)
	if err != nil && !objects.IsAnswer(err) {
		return Found{}, err
	}
	if ing != nil || service != nil {
		return Found{ing, service}, nil
	}
	all, err := reader.Ingresses()
	if err != nil {
		return Found{}, err
	}
	for _, ing := range all {
		if ing.Name == name.Name && reader.Everywhere() || observe.HostsOf(ing).Has(name.Name) {
			service, err := reader.Source().Get(objects.KServices, types.NamespacedName{Namespace: ing.Namespace, Name: ing.Name})
			if err != nil && !objects.IsAnswer(err) {
				return Found{}, err
			}
			return Found{ing, service}, nil
		}
	}
	return Found{}, unknown(name, all)
}

// unknown is the error for a name that is not there, with those that are near.
func unknown(name types.NamespacedName, all []*v1alpha1.Ingress) error {
	type near struct {
		name     string
		distance int
	}
	nearest := []near{}
	for _, ing := range all {
		distance := config.EditDistance(name.Name, ing.Name)
		if distance <= 2+len(name.Name)/4 || strings.Contains(ing.Name, name.Name) {
			nearest = append(nearest, near{ing.Name, distance})
		}
	}
	slices.SortStableFunc(nearest, func(a, b near) int { return cmp.Compare(a.distance, b.distance) })
	names := []string{}
	for _, one := range nearest[:min(len(nearest), 3)] {
		names = append(names, one.name)
	}
	hint := "-n names another namespace"
	if len(names) > 0 {
		hint = "did you mean " + strings.Join(names, " or ") + "?"
	}
	if strings.Contains(name.Name, ".") {
		return fmt.Errorf("no service of namespace %s has the host %s: %s (-A looks in all namespaces)", name.Namespace, name.Name, hint)
	}
	return fmt.Errorf("namespace %s has no service %s: %s", name.Namespace, name.Name, hint)
}
