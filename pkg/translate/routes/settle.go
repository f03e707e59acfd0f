// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
)

// Settle removes from routes what they have of the version before, once the version of their
// visibility is proven and its address published: the Gateways that they leave, and the retained
// backends. It returns after how long there is more to remove even if nothing happens; 0 is never.
func Settle(routes []Route, move input.Move) (requeueAfter time.Duration) {
	published := publishedSince(routes, move)
	for i := range routes {
		if len(routes[i].Leaving) > 0 {
			requeueAfter = input.Sooner(requeueAfter, routes[i].leave(move, published))
		}
		routes[i].dropRetained(published)
	}
	return requeueAfter
}

// SettleAttached is Settle for the routes that are rendered for HTTPRoutes of users: they leave a Gateway
// with the own routes of the KIngress. Answered are those of which the data plane serves this version.
func SettleAttached(attached, own []Route, move input.Move, answered sets.Set[string]) (requeueAfter time.Duration) {
	published := publishedSince(own, move)
	for i := range attached {
		route := &attached[i]
		if len(route.Leaving) > 0 {
			requeueAfter = input.Sooner(requeueAfter, route.leave(move, published))
		}
		route.dropRetained(func(v1alpha1.IngressVisibility) (time.Time, bool) {
			return time.Time{}, answered.Has(route.Object.Name)
		})
	}
	return requeueAfter
}

// Retains tells that a route has rules for backends which have lost their traffic.
func (r Route) Retains() bool { return slices.ContainsFunc(r.Object.Spec.Rules, isRetainedRule) }

// publishedSince tells whether the version of a visibility is proven, and since when its address is
// published.
func publishedSince(routes []Route, move input.Move) func(v1alpha1.IngressVisibility) (time.Time, bool) {
	versions := map[v1alpha1.IngressVisibility]string{}
	return func(visibility v1alpha1.IngressVisibility) (time.Time, bool) {
		published, known := move.Published[visibility]
		if known && versions[visibility] == "" {
			versions[visibility] = Version(routes, visibility)
		}
		return published.At, known && published.Version == versions[visibility]
	}
}

// leave detaches a route from the Gateways that it is leaving, once the new one serves all routes of
// its visibility and clients have had time to follow its address (SPEC B-SEL-5). Until then it
// returns after how long to ask again; 0 is never.
func (r *Route) leave(move input.Move, published func(v1alpha1.IngressVisibility) (time.Time, bool)) (requeueAfter time.Duration) {
	if since, is := published(r.Visibility); is {
		drained, left := rollout.Drained(since, move.Now, move.Drain)
		if drained {
			r.detach()
			return 0
		}
		requeueAfter = left
	}
	if state := rollout.Decode(r.Object.Annotations[rollout.Annotation]); state != nil && state.Moving != nil {
		requeueAfter = input.Sooner(requeueAfter, max(0, state.Moving.Add(move.Drain).Sub(move.Now)))
	}
	return requeueAfter
}

func (r *Route) detach() {
	r.Leaving = nil
	r.Object.Spec.ParentRefs = r.Object.Spec.ParentRefs[:r.ownParents]
	if state := rollout.Decode(r.Object.Annotations[rollout.Annotation]); state != nil {
		state.Moving = nil
		r.Object.Annotations[rollout.Annotation] = state.Encode()
	}
}

// dropRetained removes the retained backends once the version without them is proven.
func (r *Route) dropRetained(published func(v1alpha1.IngressVisibility) (time.Time, bool)) {
	if !r.Retains() {
		return
	}
	if _, is := published(r.Visibility); is {
		r.Object.Spec.Rules = slices.DeleteFunc(r.Object.Spec.Rules, isRetainedRule)
	}
}

// StillUsed adds the Gateways that routes leave, and the ListenerSets there that routes are still
// attached to.
func StillUsed(routes []Route, uses listeners.Uses) listeners.Uses {
	uses.Gateways, uses.ListenerSets = sets.New[string](), sets.New[string]()
	for _, route := range routes {
		uses.Gateways.Insert(route.Leaving...)
		for _, ref := range route.Object.Spec.ParentRefs[route.ownParents:] {
			if dataplane.IsListenerSet(ref) {
				uses.ListenerSets.Insert(string(ref.Name))
			}
		}
	}
	return uses
}
