// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/certificates"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// internalTLS writes what TLS to Knative's own backends needs, and remembers it until the
// informers show it.
type internalTLS struct {
	policyApplier *apply.Applier[*gatewayv1.BackendTLSPolicy]
	policies      *watch.Recent[*gatewayv1.BackendTLSPolicy]
	trustApplier  *apply.Applier[*corev1.ConfigMap]
	trusts        *watch.Recent[*corev1.ConfigMap]
	lock          sync.Mutex // of the ConfigMaps, each of which several KIngresses want
}

func newInternalTLS(clients cluster.Clients) *internalTLS {
	return &internalTLS{
		policyApplier: apply.BackendTLSPolicies(clients.Gateway), policies: watch.NewRecent[*gatewayv1.BackendTLSPolicy](),
		trustApplier: apply.ConfigMaps(clients.Kube), trusts: watch.NewRecent[*corev1.ConfigMap](),
	}
}

// gatherInternalTLS reads what TLS to Knative's own backends needs, and what of it is
// there. For who does not ask for it that is nothing but leftovers, which may wait until they
// can be read (SPEC B-RDY-11).
func (r *Reconciler) gatherInternalTLS(ctx context.Context, seen *observed) error {
	secured := len(translate.Secured(seen.ingress)) > 0
	for _, target := range seen.mapped {
		secured = secured || len(translate.Secured(target)) > 0
	}
	if err := r.readInternalTLS(ctx, seen, secured); err != nil && secured {
		return err
	}
	return nil
}

func (r *Reconciler) readInternalTLS(ctx context.Context, seen *observed, secured bool) error {
	noPolicies, err := r.cluster.NoBackendTLSPolicies(ctx)
	if err != nil {
		return err
	}
	if noPolicies == "" {
		if err := r.gatherPolicies(ctx, seen); err != nil {
			return err
		}
	}
	if !secured && len(seen.policies) == 0 {
		return nil
	}
	if seen.trust, err = r.cluster.Trust(ctx); err != nil {
		return err
	}
	seen.trust.NoPolicies = noPolicies
	stored, err := r.storedTrust(ctx, seen.ingress.Namespace)
	if stored != nil && metav1.IsControlledBy(stored, seen.namespace) {
		seen.trust.Stored = stored.Data[certificates.CaCertName]
	}
	return err
}

// gatherPolicies reads the policies of the backends, by name.
func (r *Reconciler) gatherPolicies(ctx context.Context, seen *observed) error {
	seen.policies = map[string]*gatewayv1.BackendTLSPolicy{}
	store, err := r.cluster.Ensure(ctx, cluster.OurPolicies)
	if err != nil {
		return err
	}
	for _, service := range seen.services {
		if err := gatherControlled(ownedBy{seen, store, service}, r.internal.policies, seen.policies); err != nil {
			return err
		}
	}
	return nil
}

// soonAfter is when to go on after a write whose event does not come.
const soonAfter = time.Second

// applyInternalTLS writes what makes gateways speak TLS, and tells whether routes are to wait: while it
// writes, or cannot, a gateway that reads the route before the policy would send in the clear.
func (r *Reconciler) applyInternalTLS(ctx context.Context, try *attempt) (wait bool, err error) {
	seen, refused := try.stands, len(try.refused)
	if len(seen.policies)+len(try.desired.Policies) == 0 {
		return false, nil
	}
	if try.desired.Trust != nil {
		if wait, err = r.applyTrust(ctx, try); err != nil || len(try.refused) > refused {
			return true, err
		}
	}
	wanted := map[types.UID][]*gatewayv1.BackendTLSPolicy{}
	for _, policy := range try.desired.Policies {
		wanted[metav1.GetControllerOf(policy).UID] = []*gatewayv1.BackendTLSPolicy{policy}
	}
	errs := []error{}
	for _, service := range seen.services {
		if len(wanted[service.UID]) == 0 && r.needsPolicy(ctx, seen, service) {
			continue
		}
		changes := apply.Plan(service, slices.Collect(maps.Values(seen.policies)), wanted[service.UID])
		applied, err := write(ctx, r, try, writing[*gatewayv1.BackendTLSPolicy]{"BackendTLSPolicy", r.internal.policyApplier, service, changes})
		note(r, seen.ingress, known[*gatewayv1.BackendTLSPolicy]{"BackendTLSPolicy", r.internal.policies, seen.policies}, applied.Writes)
		wait, errs = wait || len(changes.Create)+len(changes.Update) > 0, append(errs, err)
	}
	if wait {
		try.in(soonAfter)
	}
	if len(seen.policies) == 0 {
		errs = append(errs, r.dropTrust(ctx, seen.ingress.Namespace, seen.ingress.UID))
	}
	return wait || len(try.refused) > refused, errors.Join(errs...)
}

// needsPolicy tells whether somebody else still reaches a Service over TLS: another
// KIngress, or our own routes as they stand.
func (r *Reconciler) needsPolicy(ctx context.Context, seen *observed, service *corev1.Service) bool {
	name := apply.NameOf(service)
	users, err := r.ingressesBy(byBackend, name.String())
	for _, user := range users {
		if translate.Secured(user).Has(name) {
			return true
		}
	}
	left, leftErr := r.leftOverTLS(ctx, service.Namespace, seen.ingress.UID)
	for _, route := range seen.routes {
		left = left.Union(overTLS(route))
	}
	return left.Has(name) || err != nil || leftErr != nil
}
