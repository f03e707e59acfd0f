// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"cmp"
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// release cleans up after a KIngress that has another class now, once the plugin of that class has taken
// over and clients have followed. Until then the stored objects stay: the class may be a typing error, or
// network-layer a mistake (SPEC B-INS-9, B-OPS-4).
func (r *Reconciler) release(ctx context.Context, ing *v1alpha1.Ingress) error {
	if missing, err := r.cluster.Missing(ctx); missing != nil || err != nil {
		return err
	}
	seen, err := observe.Leftovers(r.reader(ctx), ing)
	if err != nil {
		return err
	}
	if len(seen.Routes)+len(seen.ListenerSets) == 0 && !observe.HoldsListeners(ing) {
		r.departures.evict(ing.UID)
		if ing.Status.Annotations[status.ReportedAnnotation] == "" {
			return nil // this controller has never served it
		}
		return r.dropTrust(ctx, ing.Namespace, ing.UID)
	}
	r.evictServed(ing)
	since, changed := r.departures.update(ing.UID, status.TakenOver(ing.Status), r.clock.Now())
	if changed {
		r.recordDeparture(ing, since)
	}
	if since.IsZero() {
		return nil // an event of its status tells when one does
	}
	if rest := since.Add(r.drain()).Sub(r.clock.Now()); rest > 0 {
		return requeueIn(rest)
	}
	return r.clean(ctx, seen)
}

// drain is how long leftovers stay after another plugin has taken over. While there is no configuration
// it is the default.
func (r *Reconciler) drain() time.Duration {
	if state := r.config.Load(); state.Configured {
		return state.Config.Drain
	}
	return config.DefaultDrain
}

// recordDeparture says in an Event and the log what becomes of the leftovers.
func (r *Reconciler) recordDeparture(ing *v1alpha1.Ingress, since time.Time) {
	class := ing.Annotations[networking.IngressClassAnnotationKey]
	message := "its ingress class is %q now; it is still served as before, until the plugin of that class has taken over: " +
		"if this is a mistake, correct ingress-class or network-layer in ConfigMap config-network"
	if !since.IsZero() {
		message = "the plugin of ingress class %q serves it now; what served it before is deleted after `drain-time`"
	}
	r.recorder.Eventf(ing, corev1.EventTypeNormal, "ClassChanged", message, class)
	r.logger.Infof("KIngress %s: "+message, apply.NameOf(ing), class)
}

// clean deletes all leftovers. Policies of backends go when no route needs them any more.
func (r *Reconciler) clean(ctx context.Context, seen *observe.Observation) error {
	secured := len(rules.Secured(seen.Ingress)) > 0
	for _, route := range seen.Routes {
		secured = secured || len(observe.OverTLS(route)) > 0
	}
	if secured {
		var err error
		if seen, err = seen.WithPolicies(r.reader(ctx)); err != nil {
			return err
		}
	}
	try := newAttempt(seen, translate.Desired{})
	if err := r.applyAll(ctx, try); err != nil {
		return err
	}
	_, err := r.applyInternalTLS(ctx, try)
	try.in(retryAfter(try.refused))
	return cmp.Or(err, try.result())
}
