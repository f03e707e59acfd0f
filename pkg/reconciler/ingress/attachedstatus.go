// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
)

// retryStatusAfter is how soon the status of a user's HTTPRoute is written again if another client has
// written it meanwhile. No event need tell of that, because the entries of others do not count.
const retryStatusAfter = time.Second

// mostStatuses is how many statuses of users' HTTPRoutes a reconcile writes, because a client that may write
// HTTPRoutes can write many, and the next change of the KIngress would wait for all of them.
const mostStatuses = 32

// reportAttached writes the controller's entries in the statuses of users' HTTPRoutes that differ (SPEC
// B-PTH-5). The KIngress does not depend on it.
func (r *Reconciler) reportAttached(ctx context.Context, seen *observe.Observation, try *attempt, proven proofs) error {
	// An HTTPRoute may name what has the name of the KIngress and is not its owner.
	errs := []error{r.abandonNamed(ctx, apply.NameOf(seen.Ingress))}
	frontend, is := attached.FrontendOf(seen.Ingress)
	if !is {
		return errs[0]
	}
	known := map[types.UID]*attachedProof{}
	for i := range proven.attached {
		known[proven.attached[i].Source.UID] = &proven.attached[i]
	}
	for n, route := range seen.Attached {
		if n > 0 && try.statuses >= mostStatuses {
			try.in(atOnce)
			break
		}
		facts := status.AttachedFacts{Frontend: frontend}
		if one := known[route.UID]; one != nil {
			facts = one.facts
			if refused := try.refusalOf(one); refused != nil {
				facts.Refusal = refused
			}
		}
		facts.Lately = r.refusedLately(route, facts, &try.requeue)
		if facts.Now = metav1.NewTime(r.clock.Now()); route.DeletionTimestamp == nil {
			errs = append(errs, r.writeParents(ctx, route, facts.Parents(route), try))
			r.reportedRoutes.evict(route.UID)
		}
	}
	return errors.Join(errs...)
}

// refusedLately tells that a route was served until now, and for how short a time a gateway has reported
// otherwise. It asks for a reconcile when that is over.
func (r *Reconciler) refusedLately(route *gatewayv1.HTTPRoute, facts status.AttachedFacts, again *requeue) bool {
	if !facts.Refusing() || !status.IsServed(route, facts.Frontend) {
		r.timers.evict(route.UID)
		return false
	}
	now := r.clock.Now()
	timer := r.timers.of(route.UID, fmt.Sprint(route.Generation), true, now)
	rest := status.GraceWhenReady - now.Sub(timer.refused)
	again.in(rest)
	return rest > 0
}

// refusalOf is a refused write of a route that is rendered for a user's HTTPRoute, or nil.
func (a *attempt) refusalOf(one *attachedProof) *apply.Refusal {
	for _, refusal := range a.refused {
		for _, route := range one.Routes {
			if refusal.Kind == "HTTPRoute" && refusal.Object == apply.NameOf(route.Object) {
				return refusal
			}
		}
	}
	return nil
}

// writeParents writes the entries of a status if they differ. They are one list, of which others own a part,
// so that it is only written over the version that was read.
func (r *Reconciler) writeParents(ctx context.Context, route *gatewayv1.HTTPRoute, parents []gatewayv1.RouteParentStatus, again *attempt) error {
	if equality.Semantic.DeepEqual(route.Status.Parents, parents) || len(route.Status.Parents)+len(parents) == 0 {
		return nil
	}
	what, writer := apply.Contested{Kind: "status of HTTPRoute", Name: apply.NameOf(route)}, apply.Writer{Owner: route.UID, Generation: route.Generation, Now: r.clock.Now()}
	try := r.contests.Due(what, writer, func(wrote apply.Digest) bool { return !maps.Equal(wrote, apply.DigestOfValue(entriesOf(route))) })
	if again.in(try.Wait); try.Wait > 0 {
		return nil
	}
	patch := map[string]any{
		"metadata": map[string]any{"resourceVersion": route.ResourceVersion},
		"status":   map[string]any{"parents": parents},
	}
	data, err := json.Marshal(patch)
	if err != nil {
		return err
	}
	again.statuses++
	stored, err := r.gatewayClient.GatewayV1().HTTPRoutes(route.Namespace).Patch(ctx, route.Name, types.MergePatchType, data, metav1.PatchOptions{FieldManager: apply.FieldManager}, "status")
	switch {
	case apierrors.IsConflict(err):
		again.in(retryStatusAfter)
		return nil
	case apierrors.IsNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("write status of HTTPRoute %s: %w", apply.NameOf(route), err)
	}
	r.usersRoutes.Wrote(stored)
	r.contests.Wrote(what, writer, apply.DigestOfValue(entriesOf(stored)), try.Times)
	return nil
}

// abandonOf removes the entries about the owner of a KIngress that has another class.
func (r *Reconciler) abandonOf(ctx context.Context, ing *v1alpha1.Ingress) error {
	if frontend, is := attached.FrontendOf(ing); is {
		return r.abandon(ctx, frontend)
	}
	return nil
}

// abandonNamed removes the entries about the frontends of a name that have no KIngress.
func (r *Reconciler) abandonNamed(ctx context.Context, name types.NamespacedName) error {
	errs := []error{}
	for _, frontend := range attached.Named(name) {
		if owners, err := r.ingressesBy(byFrontend, frontend.String()); err != nil || len(owners) > 0 {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, r.abandon(ctx, frontend))
	}
	return errors.Join(errs...)
}

// abandon removes the entries about a frontend that net-gateways does not serve from the statuses of users'
// HTTPRoutes, and tells in an Event why those have no parent: the Gateway API forbids an entry then.
func (r *Reconciler) abandon(ctx context.Context, frontend attached.Frontend) error {
	errs, again := []error{}, &attempt{}
	for _, route := range r.cluster.ShownAttached(frontend) {
		route = r.usersRoutes.Newest(route)
		if route.DeletionTimestamp != nil {
			continue
		}
		errs = append(errs, r.writeParents(ctx, route, status.AttachedFacts{Frontend: frontend}.Parents(route), again))
		if len(attached.RefsTo(route, frontend)) > 0 && r.reportedRoutes.first(route.UID, types.NamespacedName{Namespace: frontend.Namespace, Name: frontend.Name}) {
			r.recorder.Eventf(route, corev1.EventTypeWarning, string(gatewayv1.RouteReasonNoMatchingParent),
				"%s %s/%s has no KIngress that net-gateways serves: does it exist, is it ready, and is its ingress class that of net-gateways?", frontend.Kind, frontend.Namespace, frontend.Name)
		}
	}
	if err := errors.Join(slices.DeleteFunc(errs, func(err error) bool { return err == nil })...); err != nil {
		return err
	}
	return again.result()
}
