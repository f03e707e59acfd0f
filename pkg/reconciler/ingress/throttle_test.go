// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// TestDataPlaneThatFlaps: B-OPS-5, a Gateway that changes without end enqueues its KIngresses at a
// bounded pace, and they see its last state nevertheless.
func TestDataPlaneThatFlaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many, flaps, each = 20, 100, 20 * time.Millisecond
		w := aCrowdedWorld(t, many)
		looks := 0
		for i := range flaps {
			front := w.frontOf("blue")
			front.Spec.LoadBalancerClass = new(strconv.Itoa(i))
			w.replaces(front)
			looks += len(w.pass(each))
		}
		if pause := leastPause + many*pauseForEach; looks > many*(2+int(flaps*each/pause)) {
			t.Errorf("%d looks of %d at %d changes", looks, many, flaps)
		}
		w.drain()
		slice := w.sliceOf("blue")
		for i := range 10 {
			slice.Endpoints[0].Addresses = []string{fmt.Sprintf("10.9.0.%d", i)}
			w.pass(time.Millisecond)
			w.replaces(slice.DeepCopy())
		}
		last := distinct(w.pass(time.Second))
		expect(t, "Who sees the last pod", many, len(last))
	})
}

// TestUnreadyAreNotPaused: B-OPS-5, a KIngress that is not Ready sees the next state of its Gateway soon,
// although all others have just been reconciled.
func TestUnreadyAreNotPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aCrowdedWorld(t, 40)
		younger := aKIngress("younger", -time.Hour)
		younger.Spec.Rules = younger.Spec.Rules[1:]
		younger.Spec.Rules[0].Hosts = []string{"s00.default.example.com"}
		w.store(younger)
		w.drain()
		if !w.is("younger", "False HostConflict")() {
			t.Fatalf("It does not wait: %v", w.conditions("younger"))
		}
		for i, want := range []int{41, 1} {
			front := w.frontOf("blue")
			front.Spec.LoadBalancerClass = new(strconv.Itoa(i))
			w.replaces(front)
			expect(t, fmt.Sprintf("Who sees change %d soon", i), want, len(distinct(w.pass(leastPause+2*pauseForEach))))
		}
		expect(t, "Who sees it afterwards", 41, len(distinct(w.drain())))
	})
}
