// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// soonAfter is after how long to go on if the event of a write does not come.
const soonAfter = time.Second

// applyInternalTLS writes the objects that make gateways use TLS to backends, and tells whether routes
// must wait for them: a gateway that learns of the route before the policy would send requests in the
// clear.
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
		_, err := r.policies.write(ctx, try, changes, found[*gatewayv1.BackendTLSPolicy]{service, seen.Policies})
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

// needsPolicy tells whether a Service is still reached over TLS: by another KIngress, or by the stored
// routes of this one.
func (r *Reconciler) needsPolicy(ctx context.Context, seen *observe.Observation, service *corev1.Service) bool {
	name := apply.NameOf(service)
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
