// SPDX-License-Identifier: Apache-2.0

package conditions

import "fmt"

// Reasoned is an error that carries the condition that it causes.
type Reasoned interface {
	error
	// Reason is the condition's reason.
	Reason() string
	// Terminal tells that it stays until a user changes an object that the text names: the
	// condition becomes False, else Unknown.
	Terminal() bool
}

// Refusal is why a KIngress, or a part of it, is not served, in words for its condition.
type Refusal struct {
	// Code is one of the reasons.
	Code string
	// Detail says what is wrong and, where it can be known, what to do.
	Detail string
	// Field is the path of the part in the KIngress; empty if it is about the whole.
	Field string
	// Wait tells that it can pass although no user changes an object that the text names.
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

// Unsupported is the refusal of a part of a KIngress that only a change of the KIngress cures.
func Unsupported(field, format string, values ...any) *Refusal {
	return &Refusal{Field: field, Code: ReasonUnsupported, Detail: fmt.Sprintf(format, values...)}
}
