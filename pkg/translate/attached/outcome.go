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
	// Field is where it stands in the HTTPRoute; empty if it is about all of it.
	Field string
	// Detail is the message. It names the field, too.
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

// fieldOf is where a rule stands in the HTTPRoute.
func fieldOf(i int) string { return fmt.Sprintf("spec.rules[%d]", i) }

// drop records that a rule, or a match of it, is not rendered.
func (o *Outcome) drop(rule int, field, format string, values ...any) {
	at := fieldOf(rule) + field
	o.add(&o.Dropped, Problem{gatewayv1.RouteReasonUnsupportedValue, at, fmt.Sprintf("Dropped Rule [%d]: %s: %s", rule, at, fmt.Sprintf(format, values...))})
}

// fail records that the requests of a rule are answered 500.
func (o *Outcome) fail(rule int, why problem) {
	if why.reason != gatewayv1.RouteReasonUnsupportedValue {
		o.unresolved(rule, why, "the requests of the rule are answered 500")
		return
	}
	at := fieldOf(rule) + why.field
	o.add(&o.Dropped, Problem{why.reason, at, fmt.Sprintf("Dropped Rule [%d]: %s: %s; its requests are answered 500", rule, at, why.detail)})
}

// unresolved records that a backend of a rule cannot be used, and what is answered therefore.
func (o *Outcome) unresolved(rule int, why problem, answered string) {
	at := fieldOf(rule) + why.field
	o.add(&o.Unresolved, Problem{why.reason, at, fmt.Sprintf("%s: %s; %s", at, why.detail, answered)})
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
		o.Refused = &Problem{Reason: o.Dropped[0].Reason, Detail: Join(o.Dropped)}
	}
}

// mostNamed is how many problems a condition names, and longest how long its message may be.
const (
	mostNamed = 8
	longest   = 8192
)

// Join is the message about problems. It begins with the first.
func Join(problems []Problem) string {
	messages := make([]string, 0, mostNamed+1)
	for i, problem := range problems {
		if i == mostNamed {
			messages = append(messages, fmt.Sprintf("and %d more", len(problems)-mostNamed))
			break
		}
		messages = append(messages, problem.Detail)
	}
	message := strings.Join(messages, "; ")
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
