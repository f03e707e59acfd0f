// SPDX-License-Identifier: Apache-2.0

package examine

import (
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/apis"

	"github.com/net-gateways/net-gateways/pkg/cli/view"
	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/gatewayapi"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/selection"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// Examination is what is known of a KIngress.
type Examination struct {
	Seen    *observe.Observation
	Desired translate.Desired
	// Sides are the external and the cluster-local one.
	Sides []status.Side
	// Attached are the HTTPRoutes of users whose parent is the owner of the KIngress, the oldest first.
	Attached []Attached
	// Computed is the status that follows from the objects, and from the proofs in the present status.
	Computed status.Verdict
	// Reported is the condition Ready that the controller has written for this generation; nil if there is none.
	Reported *apis.Condition
	// Failed is why nothing could be translated; nil if something could.
	Failed error
	// Missing is the CRD of the Gateway API without which nothing is served; nil if none is missing.
	Missing *gatewayapi.Missing
	// Blind tells that something on which all of this depends could not be read: Computed means nothing then.
	Blind bool
	// Unconfigured says why config-gateway could not be read; it is empty if it could.
	Unconfigured string
	// Unseen is what could not be read.
	Unseen []view.Unseen
}

// longAgo is how long the controller is taken to have waited: the reports say at once what it would say after its grace.
const longAgo = time.Hour

// Examine reads and judges a KIngress.
func Examine(reader *view.Reader, ing *v1alpha1.Ingress, now time.Time) (*Examination, error) {
	found := &Examination{Reported: reported(ing)}
	before := len(reader.Unseen())
	related, err := observe.Related(reader, ing)
	if err != nil {
		return nil, err
	}
	selected := observe.Selected{State: reader.State(), Now: now, Choices: selection.Choose(reader.State().Config, related.Request())}
	if found.Seen, err = observe.Gateways(reader, related, selected); err != nil {
		return nil, err
	}
	found.Desired, found.Failed = translate.Ingress(found.Seen.Input())
	taken, err := reader.Taken(ing, found.Desired.Objects())
	if err != nil {
		return nil, err
	}
	found.Unseen, found.Unconfigured = reader.Unseen(), reader.Unconfigured()
	found.Blind = found.Unconfigured != "" || slices.ContainsFunc(found.Unseen[before:], func(unseen view.Unseen) bool { return unseen.Decides })
	if found.Missing, err = missing(reader, found); err != nil {
		return nil, err
	}
	found.judge(now, taken)
	return found, nil
}

// missing asks for the CRDs only where one could be the reason: a KIngress that is Ready stays so while CRDs only look old.
func missing(reader *view.Reader, found *Examination) (*gatewayapi.Missing, error) {
	settled := status.IsSettled(found.Seen.Ingress.Status, found.Seen.Ingress.Generation)
	if settled && !found.Blind {
		return nil, nil
	}
	first, err := reader.MissingCRD()
	if first != nil && first.Outdated && settled {
		return nil, err
	}
	return first, err
}

func (e *Examination) judge(now time.Time, taken []conditions.Reasoned) {
	facts := status.Facts{Generation: e.Seen.Ingress.Generation, Now: now, Waited: longAgo, Refused: longAgo, SinceReport: longAgo}
	switch {
	case e.Missing != nil:
		e.Blind, facts.Failures = false, []conditions.Reasoned{e.Missing}
	case e.Failed != nil:
		facts.Unexpected = e.Failed
	default:
		for _, visibility := range config.Visibilities {
			e.Sides = append(e.Sides, e.side(visibility))
		}
		facts.Failures, facts.Sides = slices.Concat(e.Seen.Failures(e.Desired), taken), e.Sides
		facts.Advisories = e.Seen.Advisories(e.Desired, e.Sides)
		for _, one := range e.Desired.Attached {
			e.Attached = append(e.Attached, e.attached(one, metav1.NewTime(now)))
		}
	}
	e.Computed = status.Mark(e.Seen.Ingress.Status, facts)
}

// reported is the condition Ready for the present generation.
func reported(ing *v1alpha1.Ingress) *apis.Condition {
	if ing.Status.ObservedGeneration != ing.Generation {
		return nil
	}
	return ing.Status.GetCondition(v1alpha1.IngressConditionReady)
}

// Ready is the condition to show: the computed one if the objects decide it. If they do not, or could not be read, it is the
// reported one: the controller has the answers of the data planes. It is never nil.
func (e *Examination) Ready() *apis.Condition {
	computed := e.Computed.Status.GetCondition(v1alpha1.IngressConditionReady)
	switch {
	case e.Reported != nil && (e.Blind || !e.decided()):
		return e.Reported
	case e.Blind || computed == nil:
		return &apis.Condition{Type: v1alpha1.IngressConditionReady, Status: "Unknown"}
	}
	return computed
}

// decided tells that the objects alone keep the KIngress from being Ready.
func (e *Examination) decided() bool {
	return slices.ContainsFunc(e.Computed.Blockers, func(blocker status.Blocker) bool { return blocker.Certainty != status.Unanswered })
}

// Proof is the stored proof of a side.
func (e *Examination) Proof(visibility v1alpha1.IngressVisibility) status.Proof {
	return status.ProofsOf(e.Seen.Ingress.Status)[visibility]
}
