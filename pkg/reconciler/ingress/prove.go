// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"sync"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

// proofs are the sides of a KIngress with the answers of data planes, and after how long to reconcile
// again without an event.
type proofs struct {
	sides []status.Side
	// attached are the HTTPRoutes of users, with the answers about what is rendered for them.
	attached []attachedProof
	// progressing tells that the data planes still take up older versions.
	progressing bool
	requeue
}

// prove asks the data planes whether they serve what was rendered. A side whose present version is proven
// is not asked for again (SPEC B-RDY-4), except for a better proof if it has a weaker one.
func (r *Reconciler) prove(seen *observe.Observation, desired translate.Desired) proofs {
	owner, found, ask := ownerOf(seen.Ingress), proofs{}, r.questionsAbout(seen)
	for _, visibility := range config.Visibilities {
		side := ask.side(seen.Side(visibility, desired), desired.Routes)
		side.Exposure = seen.Exposure(side)
		found.sides = append(found.sides, side)
	}
	for _, one := range desired.Attached {
		found.attached = append(found.attached, ask.attached(found.sides, one))
	}
	r.alive(seen, desired, &found)
	found.in(ask.soonest)
	if !ask.asking {
		r.prober.Evict(owner)
		return found
	}
	report := r.prober.Check(owner, ask.targets, ask.background...)
	r.prober.Nudge(owner) // the event of this reconcile may be what an answer waits for
	found.progressing = r.prober.Progressing(owner)
	for _, side := range found.sides {
		for i := range side.Routes {
			route := &side.Routes[i]
			route.Report = report.OfRoute(route.Name.Name)
			if len(route.Warming) > 0 && route.Report.Proven() {
				found.in(atOnce) // the answers came after the rendering
			}
		}
	}
	for _, one := range found.attached {
		found.answered(seen, one, report)
	}
	return found
}

// atOnce is after how long to reconcile again if the answers are there already.
const atOnce = time.Millisecond

// answered tells whether all new backends of a route have answered.
func (r *Reconciler) answered(seen *observe.Observation, desired translate.Desired) func(routes.Route) bool {
	known := sync.OnceValue(func() questions { return r.questionsAbout(seen) })
	sides := map[v1alpha1.IngressVisibility]func() status.Side{}
	for _, visibility := range config.Visibilities {
		sides[visibility] = sync.OnceValue(func() status.Side { return seen.Side(visibility, desired) })
	}
	return func(route routes.Route) bool {
		ask, side := known(), sides[route.Visibility]()
		fact, targets := ask.about(route, &side)
		return fact.ByStatus && side.Believed(fact) || ask.known.Prove(targets)
	}
}

// questionsAbout are the questions about a KIngress, with the answers until now. Those of render are too
// old for prove, because of the writes in between: the report that Check returns to prove has a refusal
// that came meanwhile, so that there is no notification of it. Without it, Choose would choose a mode
// that is refused, without a time to choose again.
func (r *Reconciler) questionsAbout(seen *observe.Observation) questions {
	return questions{seen: seen, known: r.prober.Known(ownerOf(seen.Ingress)), proofs: status.ProofsOf(seen.Ingress.Status)}
}
