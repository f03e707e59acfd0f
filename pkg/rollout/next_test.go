// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/sets"

	"github.com/net-gateways/net-gateways/pkg/rollout"
)

var (
	noon = time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)
	ago  = noon.Add(-time.Minute)
)

// serving is a route that serves version a of spec 1 from backend one on blue.
func serving(edits ...func(*rollout.Live)) *rollout.Live {
	live := &rollout.Live{
		State:  rollout.State{Spec: hash("1"), Rendered: hash("a"), Gateway: "blue", Hash: hash("1")},
		Intact: true, Backends: sets.New("one"), Gateways: []string{"blue"},
	}
	for _, edit := range edits {
		edit(live)
	}
	return live
}

func wanted(spec, rendered string, unproven ...string) rollout.Want {
	return rollout.Want{Spec: hash(spec), Rendered: hash(rendered), Gateway: "blue", Unproven: unproven}
}

// TestVersion: B-RDY-2, a new spec is proven by its own hash, another rendering of the same spec by a hash
// that no version before it had.
func TestVersion(t *testing.T) {
	ownHash := func(l *rollout.Live) { l.State.Hash = hash("f") }
	elsewhere := wanted("1", "a")
	elsewhere.Gateway = "green"
	listener := wanted("1", "a")
	listener.Listener = "http"
	tests := []struct {
		name string
		live *rollout.Live
		want rollout.Want
		hash string // empty: neither the spec's, nor the rendering's, nor the one before
	}{
		{"a new route", nil, wanted("1", "a"), hash("1")},
		{"nothing changed", serving(), wanted("1", "a"), hash("1")},
		{"nothing changed since another rendering", serving(ownHash), wanted("1", "a"), hash("f")},
		{"a new spec", serving(ownHash), wanted("2", "b"), hash("2")},
		{"a new spec that renders the same", serving(), wanted("2", "a"), hash("2")},
		{"another rendering", serving(), wanted("1", "b"), ""},
		{"another Gateway", serving(), elsewhere, ""},
		{"another listener", serving(), listener, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := rollout.Next(test.live, test.want, rollout.Observed{Now: noon}).State.Hash
			own := test.live != nil && got != test.live.State.Hash && got != hash("1") && got != test.want.Rendered && regexp.MustCompile("^[0-9a-f]{64}$").MatchString(got)
			if test.hash == "" && !own || test.hash != "" && got != test.hash {
				t.Errorf("Hash %s, want %s", got, test.hash)
			}
		})
	}
}

// TestWarm: B-RDY-3, traffic moves once the new backends have answered.
func TestWarm(t *testing.T) {
	warming := func(batch, done []string) func(*rollout.Live) {
		return func(l *rollout.Live) {
			l.State.Warming = &rollout.Warming{Spec: hash("2"), Batch: batch, Done: done}
		}
	}
	drifted := func(l *rollout.Live) { l.Intact = false }
	tests := []struct {
		name     string
		live     *rollout.Live
		unproven []string
		proven   bool
		room     int
		want     *rollout.Warming // nil: moved
	}{
		{"a new route has no rules to stay on", nil, []string{"two"}, false, 3, nil},
		{"backends that are known to be ready", serving(), nil, false, 3, nil},
		{"backends that are served already", serving(), []string{"one"}, false, 3, nil},
		{"a new backend", serving(), []string{"two"}, false, 3, &rollout.Warming{Spec: hash("2"), Batch: []string{"two"}}},
		{"it does not answer", serving(warming([]string{"two"}, nil)), []string{"two"}, false, 3, &rollout.Warming{Spec: hash("2"), Batch: []string{"two"}}},
		{"it answers", serving(warming([]string{"two"}, nil)), []string{"two"}, true, 3, nil},
		{"no more at a time than there is room", serving(), []string{"five", "four", "three", "two"}, false, 3, &rollout.Warming{Spec: hash("2"), Batch: []string{"five", "four", "three"}}},
		{"the next ones", serving(warming([]string{"five", "four", "three"}, nil)), []string{"five", "four", "three", "two"}, true, 3,
			&rollout.Warming{Spec: hash("2"), Batch: []string{"two"}, Done: []string{"five", "four", "three"}}},
		{"and all", serving(warming([]string{"two"}, []string{"five", "four", "three"})), []string{"five", "four", "three", "two"}, true, 3, nil},
		{"another spec meanwhile", serving(warming([]string{"two"}, nil)), []string{"three"}, false, 3, &rollout.Warming{Spec: hash("2"), Batch: []string{"three"}}},
		{"and back", serving(warming([]string{"two"}, nil)), []string{"one"}, false, 3, nil},
		{"rules that another field manager changed do not stay", serving(drifted), []string{"two"}, false, 3, nil},
		{"no room", serving(), []string{"two"}, false, 0, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			step := rollout.Next(test.live, wanted("2", "b", test.unproven...), rollout.Observed{Now: noon, Proven: test.proven, Room: test.room})
			if diff := cmp.Diff(test.want, step.State.Warming); diff != "" {
				t.Error(diff)
			}
			if kept := step.State.Hash == hash("1"); kept != (test.want != nil) {
				t.Errorf("State %+v", step.State)
			}
		})
	}
}

// TestLeave: B-SEL-5, a route stays on the Gateways that it leaves, unless B-SEL-3 or B-SEL-7 forbids it.
func TestLeave(t *testing.T) {
	moving := func(l *rollout.Live) { l.Gateways, l.State.Moving = []string{"green", "blue"}, &ago }
	private := func(l *rollout.Live) { l.State.Private = true }
	on := func(gateway string, isPrivate bool) rollout.Want {
		want := wanted("1", "a")
		want.Gateway, want.Private = gateway, isPrivate
		return want
	}
	tests := []struct {
		name     string
		live     *rollout.Live
		want     rollout.Want
		observed rollout.Observed
		stays    []string
		moving   *time.Time
	}{
		{"a new route", nil, on("green", false), rollout.Observed{}, nil, nil},
		{"at rest", serving(), on("blue", false), rollout.Observed{}, nil, nil},
		{"elsewhere", serving(), on("green", false), rollout.Observed{}, []string{"blue"}, &noon},
		{"for a while already", serving(moving), on("green", false), rollout.Observed{}, []string{"blue"}, &ago},
		{"elsewhere again", serving(moving), on("red", false), rollout.Observed{}, []string{"green", "blue"}, &ago},
		{"and back", serving(moving), on("blue", false), rollout.Observed{}, []string{"green"}, &ago},
		{"it must not stay", serving(), on("green", false), rollout.Observed{Forbidden: sets.New("blue")}, nil, nil},
		{"it may while clients follow", serving(), on("green", false), rollout.Observed{DrainOnly: sets.New("blue"), Drain: time.Second}, []string{"blue"}, &noon},
		{"and no longer", serving(moving), on("green", false), rollout.Observed{DrainOnly: sets.New("blue"), Drain: time.Second}, nil, nil},
		{"what becomes private stays nowhere", serving(), on("inner", true), rollout.Observed{}, nil, nil},
		{"what is private moves like others", serving(private), on("inner", true), rollout.Observed{}, []string{"blue"}, &noon},
		{"what becomes public may stay", serving(private), on("green", false), rollout.Observed{}, []string{"blue"}, &noon},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.observed.Now = noon
			step := rollout.Next(test.live, test.want, test.observed)
			if diff := cmp.Diff(test.stays, append([]string(nil), step.Leaving...)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.moving, step.State.Moving); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDrained(t *testing.T) { // B-SEL-5
	for left, want := range map[time.Duration]bool{time.Minute: false, time.Second: false, 0: true, -time.Hour: true} {
		done, wait := rollout.Drained(noon, noon.Add(time.Minute-left), time.Minute)
		if done != want || wait != max(left, 0) {
			t.Errorf("%s before the end: %t, wait %s", left, done, wait)
		}
	}
}
