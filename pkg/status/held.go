// SPDX-License-Identifier: Apache-2.0

package status

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// tolerates tells that the side stays Ready in spite of a blocker: the proven version is served
// until the new one is proven (SPEC B-SEL-5), or the data plane answers with this generation in
// its former version (SPEC B-RDY-10). A negative condition about the new version counts.
func (s Side) tolerates(blocker *Blocker, now time.Time) bool {
	return s.Held && blocker.Certainty < Certain || blocker.Certainty == Unanswered && s.servesGeneration(now)
}

// servesGeneration tells that this generation was proven, and that no route has been without an
// answer of it for too long.
func (s Side) servesGeneration(now time.Time) bool {
	for _, route := range s.Routes {
		if lost, _ := route.unserved(s, now); lost && !route.Stays {
			return false
		}
	}
	return s.Former && len(s.Routes) > 0
}

// unserved tells that no answer shows any more that a route is served in its former version, or else when that will
// be so unless another answer comes; 0 for never. Without a marker, answers of a former version
// cannot be told from others, so the time runs from the change on.
func (r Route) unserved(s Side, now time.Time) (bool, time.Duration) {
	switch {
	case r.Unasked != "":
		return true, 0
	case r.ByStatus:
		return !r.wasAccepted(s), 0
	case len(r.Report.Results) == 0:
		return true, 0
	}
	return r.Report.Unserved(now, GraceWhenReady)
}

// wasAccepted tells whether the gateway last reported a route as accepted and its references as resolved,
// at whatever parents it had then.
func (r Route) wasAccepted(s Side) bool {
	if r.Object == nil {
		return false
	}
	accepted := false
	for _, parent := range r.Object.Status.Parents {
		if !s.isByController(parent) {
			continue
		}
		accepted = true
		for _, kind := range []gatewayv1.RouteConditionType{gatewayv1.RouteConditionAccepted, gatewayv1.RouteConditionResolvedRefs} {
			if !meta.IsStatusConditionTrue(parent.Conditions, string(kind)) {
				return false
			}
		}
	}
	return accepted
}

// servedAsBefore tells that all blocked sides are tolerated because the data plane answers with their former
// version, and after which time that may be over.
func (f Facts) servedAsBefore() (bool, time.Duration) {
	var least time.Duration
	for _, side := range f.Sides {
		if !side.Needed || side.stillReady() || side.Blocker() == nil {
			continue
		}
		if side.Held || !side.servesGeneration(f.Now) {
			return false, 0
		}
		for _, route := range side.Routes {
			if _, left := route.unserved(side, f.Now); left > 0 && (least == 0 || left < least) {
				least = left
			}
		}
	}
	return true, least
}
