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

// Settle lets go what routes keep of the version before, once that of their visibility is proven and
// its address published: Gateways that they leave, and backends without traffic. It returns after
// how long there is more to let go though nothing happens; 0 is never.
func Settle(routes []Route, move input.Move) (requeueAfter time.Duration) {
	published := publishedSince(routes, move)
	for i := range routes {
		if len(routes[i].Leaving) > 0 {
			requeueAfter = input.Sooner(requeueAfter, routes[i].leave(move, published))
		}
		routes[i].forget(published)
	}
	return requeueAfter
}

// publishedSince tells since when the version of a visibility is proven and published, if it is.
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

// leave detaches a route from the Gateways that it is leaving, once all of its visibility are served
// by the new one and clients have had time to follow its address (SPEC B-SEL-5). Before that it
// returns after how long to look again; 0 is never.
func (r *Route) leave(move input.Move, published func(v1alpha1.IngressVisibility) (time.Time, bool)) (again time.Duration) {
	if since, is := published(r.Visibility); is {
		drained, left := rollout.Drained(since, move.Now, move.Drain)
		if drained {
			r.detach()
			return 0
		}
		again = left
	}
	if state := rollout.Decode(r.Object.Annotations[rollout.Annotation]); state != nil && state.Moving != nil {
		again = input.Sooner(again, max(0, state.Moving.Add(move.Drain).Sub(move.Now)))
	}
	return again
}

func (r *Route) detach() {
	r.Leaving = nil
	r.Object.Spec.ParentRefs = r.Object.Spec.ParentRefs[:r.own]
	if state := rollout.Decode(r.Object.Annotations[rollout.Annotation]); state != nil {
		state.Moving = nil
		r.Object.Annotations[rollout.Annotation] = state.Encode()
	}
}

// forget drops the backends without traffic.
func (r *Route) forget(published func(v1alpha1.IngressVisibility) (time.Time, bool)) {
	if !slices.ContainsFunc(r.Object.Spec.Rules, isKept) {
		return
	}
	if _, is := published(r.Visibility); is {
		r.Object.Spec.Rules = slices.DeleteFunc(r.Object.Spec.Rules, isKept)
	}
}

// StillUsed adds what routes are still attached to of the Gateways that they leave.
func StillUsed(routes []Route, uses listeners.Uses) listeners.Uses {
	uses.Gateways, uses.ListenerSets = sets.New[string](), sets.New[string]()
	for _, route := range routes {
		uses.Gateways.Insert(route.Leaving...)
		for _, ref := range route.Object.Spec.ParentRefs[route.own:] {
			if dataplane.IsListenerSet(ref) {
				uses.ListenerSets.Insert(string(ref.Name))
			}
		}
	}
	return uses
}
