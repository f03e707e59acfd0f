// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/rollout"
)

// refsOf are the parentRefs with which a route is attached to Gateways, as they stand.
func (r renderer) refsOf(name string, gateways []string) []gatewayv1.ParentReference {
	current := r.in.Routes[name]
	if current == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(current.Spec.ParentRefs), func(ref gatewayv1.ParentReference) bool {
		return !slices.Contains(gateways, gatewayBehind(ref, current.Namespace, r.in.ListenerSets))
	})
}

// leave detaches the routes of a visibility from the Gateways that they are leaving,
// once all of them are served by the new one and clients have had time to follow its
// address (SPEC B-SEL-5).
func (d *Desired) leave(moves Moves) {
	published := d.published(moves)
	for i := range d.Routes {
		route := &d.Routes[i]
		if len(route.Leaving) == 0 {
			continue
		}
		until := []time.Duration{}
		if since, is := published(route.Visibility); is {
			drained, left := rollout.Drained(since, moves.Now, moves.Drain)
			if drained {
				route.detach()
				continue
			}
			until = append(until, left)
		}
		if state := rollout.Decode(route.Object.Annotations[rollout.Annotation]); state != nil && state.Moving != nil {
			if left := state.Moving.Add(moves.Drain).Sub(moves.Now); left > 0 {
				until = append(until, left)
			}
		}
		for _, left := range until {
			d.lookAgain(left)
		}
	}
}

// published tells since when the version of a visibility is proven and published, if it is.
func (d *Desired) published(moves Moves) func(v1alpha1.IngressVisibility) (time.Time, bool) {
	versions := map[v1alpha1.IngressVisibility]string{}
	return func(visibility v1alpha1.IngressVisibility) (time.Time, bool) {
		published, known := moves.Published[visibility]
		if known && versions[visibility] == "" {
			versions[visibility] = d.Version(visibility)
		}
		return published.At, known && published.Version == versions[visibility]
	}
}

// lookAgain notes when something changes though nothing happens; 0 is never.
func (d *Desired) lookAgain(left time.Duration) {
	if d.Again == 0 || left != 0 && left < d.Again {
		d.Again = left
	}
}

func (r *Route) detach() {
	r.Leaving = nil
	r.Object.Spec.ParentRefs = r.Object.Spec.ParentRefs[:r.own]
	if state := rollout.Decode(r.Object.Annotations[rollout.Annotation]); state != nil {
		state.Moving = nil
		r.Object.Annotations[rollout.Annotation] = state.Encode()
	}
}

// listenerSets are those with the listeners of spec.tls, and those through which routes
// are still attached to a Gateway that they are leaving.
func (r renderer) listenerSets(routes []Route) []*gatewayv1.ListenerSet {
	objects, known, used := []*gatewayv1.ListenerSet{}, map[string]*gatewayv1.ListenerSet{}, sets.New[string]()
	for _, visibility := range visibilities {
		for _, object := range r.listeners[visibility].objects() {
			if same := known[object.Name]; same != nil { // one Gateway serves both visibilities
				join(same, object)
				continue
			}
			objects, known[object.Name] = append(objects, object), object
		}
	}
	for _, route := range routes {
		for _, ref := range route.Object.Spec.ParentRefs[route.own:] {
			if isListenerSet(ref) {
				used.Insert(string(ref.Name))
			}
		}
	}
	for _, name := range sets.List(used) {
		stored := r.in.ListenerSets[name]
		if stored == nil || known[name] != nil {
			continue
		}
		kept := &gatewayv1.ListenerSet{ObjectMeta: objectMeta(r.in.Ingress, name, listenerSet)}
		if isShared(stored) {
			kept.ObjectMeta = metav1.ObjectMeta{Namespace: stored.Namespace, Name: name, Labels: stored.Labels, OwnerReferences: stored.OwnerReferences}
		}
		stored.Spec.DeepCopyInto(&kept.Spec)
		objects = append(objects, kept)
	}
	for _, object := range objects {
		keepFromCertManager(object)
	}
	return objects
}
