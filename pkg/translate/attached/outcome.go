// SPDX-License-Identifier: Apache-2.0

package attached

import (
	"fmt"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Problem says what is not served as a user's HTTPRoute says, and why.
type Problem struct {
	Reason gatewayv1.RouteConditionReason
	Detail string
}

// Outcome is what came of a user's HTTPRoute at its frontend.
type Outcome struct {
	// Refused says why nothing of it is served; nil if something is.
	Refused *Problem
	// Dropped are the matches and rules that are not served as they are written.
	Dropped []Problem
	// Unresolved are backends that do not exist, or that the route may not use.
	Unresolved []Problem

	served bool // a rule of it, or what the frontend serves already counts as that
	known  map[Problem]bool
}

// drop records that a rule, or a match of it, is not rendered.
func (o *Outcome) drop(rule int, field, format string, values ...any) {
	o.add(&o.Dropped, Problem{gatewayv1.RouteReasonUnsupportedValue, fmt.Sprintf("Dropped Rule [%d]: spec.rules[%d]%s: %s", rule, rule, field, fmt.Sprintf(format, values...))})
}

// fail records that the requests of a rule are answered 500.
func (o *Outcome) fail(rule int, why problem) {
	where := fmt.Sprintf("spec.rules[%d]%s: %s", rule, why.field, why.detail)
	if why.reason != gatewayv1.RouteReasonUnsupportedValue {
		o.unresolved(why.reason, where+"; the requests of the rule are answered 500")
		return
	}
	o.add(&o.Dropped, Problem{why.reason, fmt.Sprintf("Dropped Rule [%d]: %s; its requests are answered 500", rule, where)})
}

func (o *Outcome) unresolved(reason gatewayv1.RouteConditionReason, detail string) {
	o.add(&o.Unresolved, Problem{reason, detail})
}

// add adds a problem once: a rule is read for each visibility.
func (o *Outcome) add(to *[]Problem, problem Problem) {
	if o.known == nil {
		o.known = map[Problem]bool{}
	}
	if !o.known[problem] {
		*to = append(*to, problem)
	}
	o.known[problem] = true
}

// conclude refuses the route as a whole if none of its rules is served.
func (o *Outcome) conclude() {
	if o.Refused == nil && !o.served && len(o.Dropped) > 0 {
		o.Refused = &Problem{o.Dropped[0].Reason, Join(o.Dropped)}
	}
}

// mostTold is how many problems a condition names, and longest how long its message may be.
const (
	mostTold = 8
	longest  = 8192
)

// Join is the message about problems. It begins with the first.
func Join(problems []Problem) string {
	told := make([]string, 0, mostTold+1)
	for i, problem := range problems {
		if i == mostTold {
			told = append(told, fmt.Sprintf("and %d more", len(problems)-mostTold))
			break
		}
		told = append(told, problem.Detail)
	}
	message := strings.Join(told, "; ")
	return strings.ToValidUTF8(message[:min(len(message), longest)], "")
}

// problem is why a rule cannot be served as it is written.
type problem struct {
	field  string // behind that of the rule
	reason gatewayv1.RouteConditionReason
	detail string
}

func unsupported(field, format string, values ...any) *problem {
	return &problem{field, gatewayv1.RouteReasonUnsupportedValue, fmt.Sprintf(format, values...)}
}

// IsServed tells that a rule of the route is served, be it because its parent does the same anyway.
func (o Outcome) IsServed() bool { return o.served }
