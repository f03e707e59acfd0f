// SPDX-License-Identifier: Apache-2.0

package panics

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"runtime/debug"
	"strings"
)

// Error is a panic. Its text is the same for the same panic, so that a condition which shows it is written once.
type Error struct {
	Value any
	// At is the function and line of this project in which it happened, without the path on the build machine.
	At string
	// Stack is for the log.
	Stack string
}

func (e *Error) Error() string {
	return fmt.Sprintf("the controller has a bug, please report it: panic: %v, in %s", e.Value, e.At)
}

// StackOf is the stack of an error that is, or wraps, a panic.
func StackOf(err error) string {
	var panicked *Error
	if !errors.As(err, &panicked) {
		return ""
	}
	return panicked.Stack
}

// Into turns a panic of the function that defers it into its error.
func Into(err *error) {
	if value := recover(); value != nil {
		*err = &Error{Value: value, At: place(), Stack: string(debug.Stack())}
	}
}

// Catch calls work and returns its panic.
func Catch(work func()) (err error) {
	defer Into(&err)
	work()
	return nil
}

const ours = "github.com/net-gateways/net-gateways/"

// place is the innermost function of this project below the panic; the innermost function at all if none is.
func place() string {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(0, callers)])
	found, panicked := "an unknown place", false
	for {
		frame, more := frames.Next()
		inRuntime := strings.HasPrefix(frame.Function, "runtime.")
		if first := found == "an unknown place"; panicked && !inRuntime && (first || strings.HasPrefix(frame.Function, ours)) {
			found = fmt.Sprintf("%s (%s:%d)", path.Base(frame.Function), path.Base(frame.File), frame.Line)
			if strings.HasPrefix(frame.Function, ours) {
				return found
			}
		}
		panicked = panicked || frame.Function == "runtime.gopanic"
		if !more {
			return found
		}
	}
}
