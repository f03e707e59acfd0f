// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"slices"
	"testing"
)

// TestSlope: a sawtooth that does not grow has no slope, and one that does has that of its lowest points.
func TestSlope(t *testing.T) {
	for name, test := range map[string]struct {
		series, lowest []float64
		want           float64
	}{
		"level":   {[]float64{10, 14, 18, 10, 15, 19, 10, 12, 17}, []float64{10, 10, 10}, 0},
		"growing": {[]float64{10, 14, 18, 12, 15, 19, 14, 16, 17, 99}, []float64{10, 12, 14}, 2},
	} {
		lowest := least(test.series, 3)
		if got := slope(lowest); !slices.Equal(lowest, test.lowest) || math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: %v, slope %v, want %v and %v", name, lowest, got, test.lowest, test.want)
		}
	}
}
