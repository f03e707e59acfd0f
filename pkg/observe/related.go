// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"errors"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/networking/pkg/certificates"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// Relations are what a KIngress has to do with, whichever Gateways serve it.
type Relations struct {
	Subject
	// Services are its backends, and those of the KIngresses that it maps to.
	Services map[types.NamespacedName]*corev1.Service
	// Routes are its HTTPRoutes, by name, and Served the Services of its namespace to which these
	// lead that exist.
	Routes map[string]*gatewayv1.HTTPRoute
	Served sets.Set[types.NamespacedName]
	// ListenerSets are its own and those that it shares, by name. NoListenerSets says why there can
	// be none.
	ListenerSets   map[string]*gatewayv1.ListenerSet
	NoListenerSets string
	// Policies are those of Services, by name; Trust is what they need.
	Policies map[string]*gatewayv1.BackendTLSPolicy
	Trust    translate.Trust
}

// Related reads what a KIngress has to do with, whichever Gateways serve it.
func Related(reader Reader, ing *v1alpha1.Ingress) (*Relations, error) {
	subject, err := readSubject(reader, ing)
	if err != nil {
		return nil, err
	}
	found := &Relations{Subject: subject}
	for _, read := range []func(Reader) error{found.readServices, found.readRoutes, found.readServed, found.readListenerSets, found.readTLS} {
		if err := read(reader); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// readServices reads the backends of the KIngress and of those it maps to. Where an
// ExternalName leads to is not read: its namespace need not be one that can be read.
func (r *Relations) readServices(reader Reader) error {
	backends := BackendsOf(r.Ingress)
	for _, target := range r.Mapped {
		backends = backends.Union(BackendsOf(target))
	}
	r.Services = map[types.NamespacedName]*corev1.Service{}
	return r.addServices(reader, backends)
}

// addServices reads those of some Services that exist.
func (r *Relations) addServices(reader Reader, names sets.Set[types.NamespacedName]) error {
	for name := range names {
		service, err := reader.Backend(name)
		if err != nil {
			return err
		}
		if service != nil {
			r.Services[name] = service
		}
	}
	return nil
}

func (r *Relations) readRoutes(reader Reader) error {
	routes, err := reader.Routes(r.Ingress)
	r.Routes = byName(routes)
	return err
}

// readServed finds the Services of the KIngress's namespace to which its routes lead now.
func (r *Relations) readServed(reader Reader) error {
	r.Served = sets.New[types.NamespacedName]()
	for _, route := range r.Routes {
		for name := range routes.LeadsTo(route) {
			if name.Namespace != r.Ingress.Namespace {
				continue
			}
			service, err := reader.Backend(name)
			if err != nil {
				return err
			}
			if service != nil {
				r.Served.Insert(name)
			}
		}
	}
	return nil
}

// readListenerSets reads them where the kind is served. Where they cannot be read, only those who
// need them are stopped (SPEC B-RDY-11).
func (r *Relations) readListenerSets(reader Reader) error {
	stored, err := reader.ListenerSets(r.Ingress)
	r.ListenerSets = byName(stored)
	r.NoListenerSets, err = notServed(err)
	if !WantsHTTPS(r.Ingress) && !r.onListenerSets() {
		return nil
	}
	return err
}

// onListenerSets tells whether a route is attached to one.
func (r *Relations) onListenerSets() bool {
	for _, route := range r.Routes {
		if slices.ContainsFunc(route.Spec.ParentRefs, dataplane.IsListenerSet) {
			return true
		}
	}
	return false
}

// readTLS reads what TLS to Knative's own backends needs, and what of it is there. For who does not
// ask for it that is nothing but leftovers, which may wait until they can be read (SPEC B-RDY-11).
func (r *Relations) readTLS(reader Reader) error {
	secured := len(rules.Secured(r.Ingress)) > 0
	for _, target := range r.Mapped {
		secured = secured || len(rules.Secured(target)) > 0
	}
	noPolicies, err := r.readPolicies(reader)
	if err == nil && (secured || len(r.Policies) > 0) {
		err = r.readTrust(reader, noPolicies)
	}
	if !secured {
		return nil
	}
	return err
}

// readPolicies reads the policies of the Services, or says why there can be none.
func (r *Relations) readPolicies(reader Reader) (string, error) {
	policies, err := reader.Policies(slices.Collect(maps.Values(r.Services)))
	r.Policies = byName(policies)
	return notServed(err)
}

func (r *Relations) readTrust(reader Reader, noPolicies string) error {
	trust, err := reader.Trust()
	if err != nil {
		return err
	}
	r.Trust, r.Trust.NoPolicies = trust, noPolicies
	stored, err := reader.StoredTrust(r.Ingress.Namespace)
	if stored != nil && metav1.IsControlledBy(stored, r.Namespace) {
		r.Trust.Stored = stored.Data[certificates.CaCertName]
	}
	return err
}

// notServed is why a kind is not served, or another error.
func notServed(err error) (string, error) {
	if none := (*NotServed)(nil); errors.As(err, &none) {
		return none.Detail, nil
	}
	return "", err
}

func byName[T metav1.Object](objects []T) map[string]T {
	found := map[string]T{}
	for _, object := range objects {
		found[object.GetName()] = object
	}
	return found
}
