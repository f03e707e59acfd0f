// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// report writes the status if it differs, or returns for how long it is held back.
func (r *Reconciler) report(ctx context.Context, ing *v1alpha1.Ingress, facts status.Facts) (time.Duration, error) {
	facts.Generation, facts.Now = ing.Generation, r.clock.Now()
	timer := r.timers.of(ing.UID, fmt.Sprint(ing.Generation, facts.Versions()), facts.Refusing(), facts.Now)
	facts.Waited, facts.SinceReport, facts.Refused = facts.Now.Sub(timer.since), facts.Now.Sub(timer.reported), facts.Now.Sub(timer.refused)
	verdict := status.Mark(ing.Status, facts)
	standings := facts.Standings(ing.Status, verdict)
	r.metrics.Stands(ing.UID, standings)
	if verdict.Ready() && !verdict.Held {
		r.timers.evict(ing.UID)
	}
	if verdict.Grace > 0 {
		return verdict.Grace, nil
	}
	if status.Equal(ing.Status, verdict.Status) {
		return 0, nil
	}
	try, others := r.statusBackoff(ctx, ing)
	if try.Wait > 0 {
		return try.Wait, nil
	}
	stored, err := r.writeStatus(ctx, ing, verdict)
	if err != nil {
		return 0, err
	}
	r.contests.Wrote(statusOf(ing), r.itself(ing), apply.DigestOfValue(stored.Status), try.Times)
	if try.ShouldReport() {
		r.recordContested(ing, statusOf(ing), others)
	}
	r.metrics.Ready(standings, facts.Waited)
	r.announceStatus(ing, verdict)
	r.logHolders(ing, facts.Failures)
	return 0, nil
}

// reportFailed reports why a KIngress cannot be reconciled, and returns the error, so that it is retried.
// The status of a settled one stays, because what it reports is still served (SPEC B-RDY-11).
func (r *Reconciler) reportFailed(ctx context.Context, ing *v1alpha1.Ingress, err error) error {
	if !ours(ing) || ing.DeletionTimestamp != nil || status.IsSettled(ing.Status, ing.Generation) {
		return err
	}
	_, reportErr := r.report(ctx, ing, status.Facts{Unexpected: err, Unobserved: true})
	return errors.Join(err, reportErr)
}

func (r *Reconciler) writeStatus(ctx context.Context, ing *v1alpha1.Ingress, verdict status.Verdict) (*v1alpha1.Ingress, error) {
	update := ing.DeepCopy()
	update.Status = verdict.Status
	stored, err := r.client.NetworkingV1alpha1().Ingresses(ing.Namespace).UpdateStatus(ctx, update, metav1.UpdateOptions{FieldManager: apply.FieldManager})
	if err != nil {
		return nil, fmt.Errorf("write status: %w", err)
	}
	r.ingresses.Wrote(stored)
	r.timers.reported(ing.UID, r.clock.Now())
	return stored, nil
}

// announceStatus repeats the conditions in Events and the log: the next status overwrites conditions,
// but Events stay for a while, and logs for longer.
func (r *Reconciler) announceStatus(ing *v1alpha1.Ingress, verdict status.Verdict) {
	ready := verdict.Status.GetCondition(v1alpha1.IngressConditionReady)
	r.logger.Infow("KIngress "+apply.NameOf(ing).String(), "ready", ready.Status, "generation", ing.Generation, "reason", ready.Reason, "message", ready.Message)
	for _, blocker := range verdict.Blockers {
		r.recorder.Event(ing, corev1.EventTypeWarning, blocker.Reason, blocker.Message)
	}
	for _, advisory := range verdict.Advisories {
		r.recorder.Event(ing, corev1.EventTypeWarning, advisory.Reason, advisory.Message)
	}
	for _, remark := range verdict.Remarks {
		r.recorder.Event(ing, corev1.EventTypeWarning, remark.Reason, remark.Message)
	}
}

// logHolders names in the log the KIngresses of other namespaces that hold hosts of this one.
func (r *Reconciler) logHolders(ing *v1alpha1.Ingress, failures []conditions.Reasoned) {
	for _, failure := range failures {
		if conflict, is := failure.(observe.HostConflict); is && conflict.Holder.Namespace != ing.Namespace {
			r.logger.Infof("KIngress %s: host %s is served by the older KIngress %s", apply.NameOf(ing), conflict.Host, conflict.Holder)
		}
	}
}

// retryRefusedAfter is how soon a write is tried again that the API server refused: no event tells
// when the policy or the CRD that forbids it changes.
const retryRefusedAfter = 10 * time.Second

// retryAfter is after how long to write again after these refusals; 0 is never. An HTTPRoute of another
// owner is watched; objects of other kinds with our names are always ours.
func retryAfter(refusals []*apply.Refusal) time.Duration {
	for _, refusal := range refusals {
		if refusal.Code == conditions.ReasonUnsupported || refusal.Kind != "HTTPRoute" {
			return retryRefusedAfter
		}
	}
	return 0
}

// watchConflicts watches the objects of other owners whose names are taken, so that an event tells when
// they are deleted. For one that was deleted before the watch began there is no event; it returns an
// error then, so that the reconcile is retried.
func (r *Reconciler) watchConflicts(ctx context.Context, ing *v1alpha1.Ingress, refusals []*apply.Refusal, err error) error {
	r.conflicts.setWaiting(ownerOf(ing), refusals)
	for _, refusal := range refusals {
		if refusal.Code != conditions.ReasonNotOwned {
			continue
		}
		scope := watch.Named(cluster.HTTPRoutes, refusal.Object.Namespace, refusal.Object.Name)
		found, watchErr := cluster.Get[gatewayv1.HTTPRoute](ctx, r.cluster, scope, refusal.Object)
		if watchErr == nil && found == nil {
			watchErr = fmt.Errorf("HTTPRoute %s of another owner is gone, and ours is not written yet", refusal.Object)
		}
		err = errors.Join(err, watchErr)
	}
	return err
}
