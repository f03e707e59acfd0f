// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/utils/clock"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	networkingclientset "knative.dev/networking/pkg/client/clientset/versioned"
	networkinglisters "knative.dev/networking/pkg/client/listers/networking/v1alpha1"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/reconciler"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"
	gatewayclientset "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/metrics"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/panics"
	"github.com/net-gateways/net-gateways/pkg/prober"
	"github.com/net-gateways/net-gateways/pkg/selection"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// Reconciler reconciles KIngresses. Knative's generated reconciler is not used, because it writes a
// status on the first pass of every generation, and does not see deletions and changes of the class.
type Reconciler struct {
	reconciler.LeaderAwareFuncs

	client     networkingclientset.Interface
	lister     networkinglisters.IngressLister
	indexer    cache.Indexer
	namespaces corelisters.NamespaceLister
	cluster    cluster.Cluster
	config     *config.Store
	prober     *prober.Prober

	// The kinds that are written for KIngresses, besides listeners on Gateways.
	routes       *owned[*gatewayv1.HTTPRoute]
	listenerSets *owned[*gatewayv1.ListenerSet]
	grants       *owned[*gatewayv1beta1.ReferenceGrant]
	policies     *owned[*gatewayv1.BackendTLSPolicy]
	trusts       *owned[*corev1.ConfigMap]
	trustLock    sync.Mutex // serialises writes of ConfigMaps, each of which several KIngresses want

	gatewayClient gatewayclientset.Interface
	gatewayLocks  *gatewayLocks

	recorder record.EventRecorder
	logger   *zap.SugaredLogger
	clock    clock.PassiveClock

	// All that follows is a cache: a new leader starts without it.
	timers         *reportTimers
	conflicts      *conflicts
	contests       *apply.Contests
	reportedRoutes *reportedRoutes
	liveness       *liveness
	absences       *absences
	stacks         panics.Stacks
	classes        *classes
	departures     *departures

	pending  *pendingListeners
	gateways recent[*gatewayv1.Gateway]
	// usersRoutes have the statuses that were written for HTTPRoutes of users.
	usersRoutes recent[*gatewayv1.HTTPRoute]
	ingresses   recent[*v1alpha1.Ingress]
	resyncs     *resyncs

	metrics *metrics.Registry
}

var (
	_ controller.Reconciler  = (*Reconciler)(nil)
	_ reconciler.LeaderAware = (*Reconciler)(nil)
)

// Reconcile brings one KIngress up to date. Its error is unexpected and retried; the status has what
// users should know. Of a KIngress that is deleted meanwhile nothing stays cached.
func (r *Reconciler) Reconcile(ctx context.Context, key string) error {
	namespace, name, err := cache.SplitMetaNamespaceKey(key)
	if err != nil {
		return controller.NewSkipKey(key)
	}
	looked := types.NamespacedName{Namespace: namespace, Name: name}
	r.resyncs.begun(looked)
	defer r.resyncs.ended(looked)
	defer r.gatewayLocks.reconciled(looked)
	ing, err := r.find(ctx, looked)
	if ing == nil || err != nil {
		return err
	}
	defer r.evictGone(ing)
	return r.survive(ctx, r.ingresses.Newest(ing), r.serve)
}

// serve reconciles a KIngress if the preconditions hold. If they do not, they have done what is due
// instead.
func (r *Reconciler) serve(ctx context.Context, ing *v1alpha1.Ingress) error {
	ing, err := r.preconditions(ctx, ing)
	if ing == nil || err != nil {
		return err
	}
	return r.reconcile(ctx, ing)
}

// reconcile is the whole way of a KIngress that the controller serves.
func (r *Reconciler) reconcile(ctx context.Context, ing *v1alpha1.Ingress) error {
	r.pending.set(ing.UID, observe.WantsHTTPS(ing)) // until step 6 finds out
	reader := r.reader(ctx)
	// 1. Read the objects on which it depends, whichever Gateways serve it.
	related, err := observe.Related(reader, ing)
	if err != nil {
		return r.reportFailed(ctx, ing, err)
	}
	// 2. Select a Gateway for each visibility.
	selected := observe.Selected{State: r.config.Load(), Now: r.clock.Now()}
	selected.Choices = selection.Choose(selected.State.Config, related.Request())
	// 3. Read these Gateways, and the KIngresses that share or contest them. The observation is immutable.
	seen, err := observe.Gateways(reader, related, selected)
	if err != nil {
		return r.reportFailed(ctx, ing, err)
	}
	try := &attempt{found: true}
	for try.found {
		// 4. Say what should exist at this step of the rollout, and how to see that it works.
		desired, err := r.render(seen)
		if err != nil {
			return r.reportFailed(ctx, ing, fmt.Errorf("translate: %w", err))
		}
		// 5. Write the difference. If a write finds an object that was not observed, translate once more.
		try = r.write(ctx, seen, desired)
		seen = try.stands
	}
	if apierrors.HasStatusCause(try.err, corev1.NamespaceTerminatingCause) {
		return nil // the namespace is being deleted, which its informer has not shown yet
	}
	// 6. Ask the data planes whether they serve it.
	proven := r.prove(seen, try.desired)
	r.pending.update(seen, proven.sides)
	// 7. Report.
	r.countGaps(seen, try.desired)
	grace, err := r.report(ctx, seen.Ingress, try.facts(proven)) // with the finalizer, if step 5 has added it
	r.recordOthersRoutes(ctx, seen)
	err = errors.Join(err, try.attachedErr, r.reportAttached(ctx, seen, try, proven))
	if err != nil || try.err != nil {
		return cmp.Or(try.err, err)
	}
	try.in(try.desired.RequeueAfter, reader.unseen, proven.soonest, retryAfter(try.refused), grace)
	return try.result()
}

// render translates, and once more if the new backends of a route have answered.
func (r *Reconciler) render(seen *observe.Observation) (translate.Desired, error) {
	in := seen.Input()
	desired, err := translate.Ingress(in)
	if err != nil {
		return desired, err
	}
	answered := r.answered(seen, desired)
	in.Warmed, in.Answered = seen.Warmed(desired, answered), seen.Answered(desired, answered)
	if len(in.Warmed)+len(in.Answered) > 0 {
		return translate.Ingress(in)
	}
	return desired, nil
}

func ownerOf(ing *v1alpha1.Ingress) prober.Owner {
	return prober.Owner{UID: ing.UID, Name: apply.NameOf(ing)}
}
