// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"go.uber.org/zap"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
)

// listenerSet enqueues the KIngress of a ListenerSet. For a shared one it enqueues the KIngresses that
// write it and, if the change concerns all that share it, these behind.
func (e *clusterEvents) listenerSet(before, set *gatewayv1.ListenerSet) {
	edited, served := before == nil || setChanged(before, set), before == nil || setListenersChanged(before, set)
	if !edited && !served {
		return
	}
	e.impl.EnqueueControllerOf(set)
	secrets := observe.SecretsIn(set)
	if before != nil {
		secrets = secrets.Union(observe.SecretsIn(before))
	}
	if !apply.IsShared(set) && (before == nil || !apply.IsShared(before)) {
		return
	}
	for secret := range secrets {
		if edited {
			e.oldest(secret)
		}
		if served {
			e.lookAmong("ListenerSets with Secret "+secret.String(), func() []any { return e.by(bySecret, secret.String()) }, func(ing *v1alpha1.Ingress) bool {
				return observe.SecretsOf(ing).Has(secret)
			})
		}
	}
}

// eldestMost is how many of the KIngresses with a certificate know of all that own its ListenerSets: the
// owners, and one more, which shows that there are more.
const eldestMost = listeners.MaxOwners + 1

// oldest enqueues the KIngresses that write the owners of the ListenerSets of a certificate.
func (e *clusterEvents) oldest(secret types.NamespacedName) {
	sharers, err := e.r.ingressesBy(bySecret, secret.String())
	if err != nil {
		e.logger.Errorw("Cannot look up the KIngresses of a Secret", zap.Error(err))
	}
	many := 0
	for ing := range observe.FromOldest(sharers) {
		if many == eldestMost {
			return
		}
		e.impl.EnqueueKey(apply.NameOf(ing))
		many++
	}
}

// isAmongEldest tells whether a KIngress is one of those that oldest enqueues.
func (e *clusterEvents) isAmongEldest(ing *v1alpha1.Ingress, secret types.NamespacedName) bool {
	sharers, err := e.r.ingressesBy(bySecret, secret.String())
	older := 0
	for _, sharer := range sharers {
		if observe.Older(sharer, ing) {
			older++
		}
		if older == eldestMost {
			return false
		}
	}
	return err == nil // else oldest could not look them up, either
}
