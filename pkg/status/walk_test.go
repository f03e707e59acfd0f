// SPDX-License-Identifier: Apache-2.0

package status

import (
	"reflect"
	"testing"
)

// TestWalk: the steps have each check once, in the order of Blocker, so that the first of them that blocks is what a condition
// reports.
func TestWalk(t *testing.T) {
	walked := []check{}
	for _, one := range steps {
		walked = append(walked, one.checks...)
	}
	ordered := append(append([]check{}, decisions...), proofs...)
	if len(walked) != len(ordered) {
		t.Fatalf("%d checks are walked, of %d", len(walked), len(ordered))
	}
	for i := range ordered {
		if reflect.ValueOf(walked[i]).Pointer() != reflect.ValueOf(ordered[i]).Pointer() {
			t.Errorf("check %d is another one", i)
		}
	}
	side := Side{}
	outcomes := side.Walk()
	if outcomes[1].Blocker == nil || *outcomes[1].Blocker != *side.Blocker() || outcomes[0].Skipped || !outcomes[2].Skipped {
		t.Errorf("A side without a Gateway: %+v", outcomes)
	}
}
