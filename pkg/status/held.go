// SPDX-License-Identifier: Apache-2.0

package status

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// holds tells that a blocker is no reason to be not Ready: what was proven before is served
// until the new version is (SPEC B-SEL-5), or what answers is this generation as it was
// rendered before (SPEC B-RDY-10). A gateway's no about the new rendering is a decision.
func (s Side) holds(blocker *Blocker, now time.Time) bool {
	return s.Held && blocker.Certainty < Certain || blocker.Certainty == Unanswered && s.answersAsBefore(now)
}

// answersAsBefore tells that this generation was proven, and that no route has been answered
// otherwise than by it for as long as somebody may be without an answer.
func (s Side) answersAsBefore(now time.Time) bool {
	for _, route := range s.Routes {
		if lost, _ := route.lost(s, now); lost && !route.Stays {
			return false
		}
	}
	return s.Former && len(s.Routes) > 0
}

// lost tells that nothing says any more that a route is served as it was before, or when
// that will be so unless another answer comes; 0 when there is no reason to look. Where there
// is no marker nobody can tell a former version's answer; its time runs from the change on.
func (r Route) lost(s Side, now time.Time) (bool, time.Duration) {
	switch {
	case r.Unasked != "":
		return true, 0
	case r.ByStatus:
		return !r.believedBefore(s), 0
	case len(r.Report.Results) == 0:
		return true, 0
	}
	return r.Report.Lost(now, PatienceWhenReady)
}

// believedBefore tells whether the gateway's last word about a route is yes, at whatever it
// was attached to then.
func (r Route) believedBefore(s Side) bool {
	if r.Object == nil {
		return false
	}
	said := false
	for _, parent := range r.Object.Status.Parents {
		if !s.wrote(parent) {
			continue
		}
		said = true
		for _, kind := range []gatewayv1.RouteConditionType{gatewayv1.RouteConditionAccepted, gatewayv1.RouteConditionResolvedRefs} {
			if !meta.IsStatusConditionTrue(parent.Conditions, string(kind)) {
				return false
			}
		}
	}
	return said
}

// lingers tells that all that is held is held by answers of the version before, and after
// which time that may be over.
func (f Facts) lingers() (bool, time.Duration) {
	var least time.Duration
	for _, side := range f.Sides {
		if !side.Needed || side.stands() || side.Blocker() == nil {
			continue
		}
		if side.Held || !side.answersAsBefore(f.Now) {
			return false, 0
		}
		for _, route := range side.Routes {
			if _, left := route.lost(side, f.Now); left > 0 && (least == 0 || left < least) {
				least = left
			}
		}
	}
	return true, least
}
