// SPDX-License-Identifier: Apache-2.0

package conditions

import "fmt"

// Reasoned is an error that knows the condition it causes.
type Reasoned interface {
	error
	// Reason is the condition's reason.
	Reason() string
	// Terminal tells that only a change of an object that the text names helps: the
	// condition becomes False, else Unknown.
	Terminal() bool
}

// Refusal is why a KIngress, or a part of it, is not served, in words for its condition.
type Refusal struct {
	// Code is one of the reasons.
	Code string
	// Detail says what is wrong and, where it can be known, what to do.
	Detail string
	// Field is the path in the KIngress of the part; empty where it is no part of it.
	Field string
	// Wait tells that it can pass without a change of what the text names.
	Wait bool
}

var _ Reasoned = Refusal{}

func (r Refusal) Error() string {
	if r.Field == "" {
		return r.Detail
	}
	return r.Field + ": " + r.Detail
}

// Reason implements Reasoned.
func (r Refusal) Reason() string { return r.Code }

// Terminal implements Reasoned.
func (r Refusal) Terminal() bool { return !r.Wait }

// Unsupported is the refusal of a part of a KIngress that no change but one of the KIngress cures.
func Unsupported(field, format string, values ...any) *Refusal {
	return &Refusal{Field: field, Code: ReasonUnsupported, Detail: fmt.Sprintf(format, values...)}
}
