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
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// Relations are the objects on which a KIngress depends, whichever Gateways serve it.
type Relations struct {
	Subject
	// Attached are the HTTPRoutes of users that name, or named, the owner of the KIngress as their parent, and
	// Backing has the KIngresses to which they lead: see input.Input.
	Attached []*gatewayv1.HTTPRoute
	Backing  map[string]*v1alpha1.Ingress
	// Services are its backends, those of its rewrite targets, and those of Attached.
	Services map[types.NamespacedName]*corev1.Service
	// Routes are its stored HTTPRoutes, by name, and LiveServices the existing Services of its namespace
	// to which they lead.
	Routes       map[string]*gatewayv1.HTTPRoute
	LiveServices map[types.NamespacedName]*corev1.Service
	// ListenerSets are its own and those that it shares, by name. NoListenerSets says why the API server
	// does not serve the kind.
	ListenerSets   map[string]*gatewayv1.ListenerSet
	NoListenerSets string
	// Policies are the BackendTLSPolicies of Services, by name; Trust says whom they trust.
	Policies map[string]*gatewayv1.BackendTLSPolicy
	Trust    input.Trust
}

// Related reads the objects on which a KIngress depends, whichever Gateways serve it.
func Related(reader Reader, ing *v1alpha1.Ingress) (*Relations, error) {
	subject, err := readSubject(reader, ing)
	if err != nil {
		return nil, err
	}
	found := &Relations{Subject: subject}
	for _, read := range []func(Reader) error{found.readAttached, found.readServices, found.readRoutes, found.readLiveServices, found.readListenerSets, found.readTLS} {
		if err := read(reader); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// readServices reads the backends of the KIngress and of its rewrite targets. The Service to which an
// ExternalName leads is not read: the controller may not be allowed to read its namespace.
func (r *Relations) readServices(reader Reader) error {
	backends := BackendsOf(r.Ingress)
	for _, target := range r.RewriteTargets {
		backends = backends.Union(BackendsOf(target))
	}
	backends = backends.Union(r.attachedBackends())
	r.Services = map[types.NamespacedName]*corev1.Service{}
	return r.addServices(reader, backends)
}

// addServices reads Services and adds those that exist.
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

// readLiveServices finds the Services of the KIngress's namespace to which its stored routes lead.
func (r *Relations) readLiveServices(reader Reader) error {
	r.LiveServices = map[types.NamespacedName]*corev1.Service{}
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
				r.LiveServices[name] = service
			}
		}
	}
	return nil
}

// readListenerSets reads the ListenerSets if the API server serves the kind. A failure stops only a
// KIngress that needs them (SPEC B-RDY-11).
func (r *Relations) readListenerSets(reader Reader) error {
	stored, err := reader.ListenerSets(r.Ingress)
	r.ListenerSets = byName(stored)
	r.NoListenerSets, err = notServed(err)
	if !WantsHTTPS(r.Ingress) && !r.onListenerSets() {
		return nil
	}
	return err
}

// onListenerSets tells whether a route is attached to a ListenerSet.
func (r *Relations) onListenerSets() bool {
	for _, route := range r.Routes {
		if slices.ContainsFunc(route.Spec.ParentRefs, dataplane.IsListenerSet) {
			return true
		}
	}
	return false
}

// readTLS reads what TLS to Knative's own backends takes. A failure stops only a KIngress that asks for
// such TLS; the objects that another one may have left over can wait (SPEC B-RDY-11).
func (r *Relations) readTLS(reader Reader) error {
	secured := len(rules.Secured(r.Ingress)) > 0
	for _, target := range r.RewriteTargets {
		secured = secured || len(rules.Secured(target)) > 0
	}
	for _, backing := range r.Backing {
		secured = secured || len(rules.Secured(backing)) > 0
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

// readPolicies reads the policies of the Services, or returns why there can be none.
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

// notServed is why the API server does not serve a kind, or another error.
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
