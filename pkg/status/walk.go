// SPDX-License-Identifier: Apache-2.0

package status

// Step is a group of the checks of a side, as a person looks at them one after the other.
type Step string

// The steps, in the order of the checks.
const (
	StepEntry     Step = "entry"
	StepGateway   Step = "Gateway"
	StepListeners Step = "HTTPS"
	StepRoutes    Step = "HTTPRoute"
	StepProof     Step = "proof"
	StepAddress   Step = "address"
)

// Outcome is that of one step.
type Outcome struct {
	Step Step
	// Blocker is the first of its checks that blocks the side, or nil.
	Blocker *Blocker
	// Skipped tells that a step before has blocked the side.
	Skipped bool
}

var steps = []struct {
	step   Step
	checks []check
}{
	{StepEntry, []check{entrySelected}},
	{StepGateway, []check{gatewayExists, gatewayOfClass, gatewayAccepted, classKnown}},
	{StepListeners, []check{listenersWork}},
	{StepRoutes, []check{routesAccepted, refsResolved, callersArrive, routesAdmitted}},
	{StepProof, []check{dataPlaneAnswers, gatewayProgrammed, routeStatusCurrent, routesProven}},
	{StepAddress, []check{addressKnown}},
}

// Walk returns the outcome of each step. The first blocker is that of Blocker.
func (s Side) Walk() []Outcome {
	outcomes, blocked := make([]Outcome, 0, len(steps)), false
	for _, one := range steps {
		outcome := Outcome{Step: one.step, Skipped: blocked}
		if !blocked {
			outcome.Blocker = s.first(one.checks)
		}
		blocked = blocked || outcome.Blocker != nil
		outcomes = append(outcomes, outcome)
	}
	return outcomes
}
