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
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
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

// soonAfter is when to go on after a write whose event does not come.
const soonAfter = time.Second

// applyInternalTLS writes what makes gateways speak TLS, and tells whether routes are to wait: while it
// writes, or cannot, a gateway that reads the route before the policy would send in the clear.
func (r *Reconciler) applyInternalTLS(ctx context.Context, try *attempt) (wait bool, err error) {
	seen, refused := try.stands, len(try.refused)
	if len(seen.Policies)+len(try.desired.Policies) == 0 {
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
	for _, service := range seen.Services {
		if len(wanted[service.UID]) == 0 && r.needsPolicy(ctx, seen, service) {
			continue
		}
		changes := apply.Plan(service, slices.Collect(maps.Values(seen.Policies)), wanted[service.UID])
		applied, err := write(ctx, r, try, writing[*gatewayv1.BackendTLSPolicy]{"BackendTLSPolicy", r.internal.policyApplier, service, changes})
		note(r, seen.Ingress, known[*gatewayv1.BackendTLSPolicy]{"BackendTLSPolicy", r.internal.policies, seen.Policies}, applied.Writes)
		wait, errs = wait || len(changes.Create)+len(changes.Update) > 0, append(errs, err)
	}
	if wait {
		try.in(soonAfter)
	}
	if len(seen.Policies) == 0 {
		errs = append(errs, r.dropTrust(ctx, seen.Ingress.Namespace, seen.Ingress.UID))
	}
	return wait || len(try.refused) > refused, errors.Join(errs...)
}

// needsPolicy tells whether somebody else still reaches a Service over TLS: another
// KIngress, or our own routes as they stand.
func (r *Reconciler) needsPolicy(ctx context.Context, seen *observe.Observation, service *corev1.Service) bool {
	name := types.NamespacedName{Namespace: service.Namespace, Name: service.Name}
	users, err := r.ingressesBy(byBackend, name.String())
	for _, user := range users {
		if rules.Secured(user).Has(name) {
			return true
		}
	}
	left, leftErr := r.leftOverTLS(ctx, service.Namespace, seen.Ingress.UID)
	for _, route := range seen.Routes {
		left = left.Union(observe.OverTLS(route))
	}
	return left.Has(name) || err != nil || leftErr != nil
}
