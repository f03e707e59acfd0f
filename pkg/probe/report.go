// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"slices"
	"time"
)

// State of one target.
type State string

const (
	// Pending: not asked to the end yet.
	Pending State = "Pending"
	// Proven: the expected version answered over a new connection. It is not asked again.
	Proven State = "Proven"
	// Failed: the last try failed; tries go on.
	Failed State = "Failed"
)

// Kind says why a try failed; empty when none did.
type Kind string

const (
	// Unreachable: no connection, or none that brought an HTTP answer (dial error, timeout, reset).
	Unreachable Kind = "Unreachable"
	// Handshake: the TLS handshake failed.
	Handshake Kind = "Handshake"
	// Credentials: 401, 403 or a redirection; an auth proxy in front asks for them.
	Credentials Kind = "Credentials"
	// NotServed: 404, no such route yet.
	NotServed Kind = "NotServed"
	// NoAnswer: connected, and the address answers for other targets, but not for this one in time.
	NoAnswer Kind = "NoAnswer"
	// BadStatus: 5xx and every status without a kind of its own; Code 0 is an answer that is not HTTP.
	BadStatus Kind = "BadStatus"
	// FormerVersion: a good status with our marker and another hash: the data plane serves this generation of the
	// KIngress as it was rendered before.
	FormerVersion Kind = "FormerVersion"
	// WrongHash: a good status with another version, or without one.
	WrongHash Kind = "WrongHash"
)

// Refuses tells whether the failure may come from something in front of the gateway, so that waiting does
// not help: another mode is then needed. The other kinds are answers of the gateway itself, which will turn
// into the expected one.
func (k Kind) Refuses() bool {
	return k == Unreachable || k == Handshake || k == Credentials
}

// Result is what is known of one target.
type Result struct {
	Target
	State State
	// Code is the HTTP status of the last answer, 0 if there was none.
	Code int
	// Kind and Err tell why the last try failed. Err is the same for the same cause: it holds no ephemeral ports, no
	// addresses of ours and no durations that grow.
	Kind Kind
	Err  string
	// Since is when the first try ended with this Kind, without another outcome in between.
	Since time.Time
	// RefusedSince is when the first try ended with any kind that Refuses, without another outcome in
	// between; zero when the last try did not. Never after Since.
	RefusedSince time.Time
	// UnservedSince is when the first try ended without an answer of this generation, without one of it in between; zero
	// when the last answer was of the expected version or a former one. Asked is when the last failed try ended.
	UnservedSince, Asked time.Time
}

// String is the sentence for a condition: host, address and cause. It does not depend on time.
func (r Result) String() string {
	cause := r.Err
	if cause == "" {
		cause = "no answer yet"
	}
	if r.State == Proven {
		cause = "serves the expected version"
	}
	return "probe of " + r.Scheme + "://" + r.Host + " at " + r.Address + ": " + cause
}

// Report is what is known of the targets of an owner.
type Report struct {
	// Results are in the order of the targets. They are shared: do not write to them.
	Results []Result
}

// Proven tells whether all questions are proven. It is false for none.
func (r Report) Proven() bool {
	return len(r.Results) > 0 && len(r.Unproven().Results) == 0
}

// Unproven keeps the results of questions that no address has proven.
func (r Report) Unproven() Report {
	var proven map[Target]bool
	for i := range r.Results {
		if res := &r.Results[i]; res.State == Proven && res.Pod != "" {
			if proven == nil {
				proven = map[Target]bool{}
			}
			proven[res.Question()] = true
		}
	}
	return r.where(func(res *Result) bool { return res.State != Proven && !proven[res.Question()] })
}

// Prove tells whether all of these targets' questions are proven. It is false for none.
func (r Report) Prove(targets []Target) bool {
	for _, target := range targets {
		question := target.Question()
		if !slices.ContainsFunc(r.Results, func(res Result) bool { return res.State == Proven && res.Question() == question }) {
			return false
		}
	}
	return len(targets) > 0
}

// OfRoute keeps the results of one HTTPRoute.
func (r Report) OfRoute(route string) Report {
	return r.where(func(res *Result) bool { return res.Route == route })
}

func (r Report) where(keep func(*Result) bool) Report {
	var out Report
	for i := range r.Results {
		if keep(&r.Results[i]) {
			out.Results = append(out.Results, r.Results[i])
		}
	}
	return out
}

// Problem is the result to show: the first failure of a question that is not proven, in target order, else the first
// target not answered yet; false when there is neither.
func (r Report) Problem() (Result, bool) {
	open := r.Unproven().Results
	if len(open) == 0 {
		return Result{}, false
	}
	if failed := slices.IndexFunc(open, func(res Result) bool { return res.State == Failed }); failed >= 0 {
		return open[failed], true
	}
	return open[0], true
}

// RefusedSince is since when every target has been failing with kinds that Refuse; false when there is none,
// or one that is not.
func (r Report) RefusedSince() (time.Time, bool) {
	var since time.Time
	for i := range r.Results {
		res := &r.Results[i]
		if res.State != Failed || !res.Kind.Refuses() {
			return time.Time{}, false
		}
		if res.RefusedSince.After(since) {
			since = res.RefusedSince
		}
	}
	return since, len(r.Results) > 0
}
