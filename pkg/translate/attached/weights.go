// SPDX-License-Identifier: Apache-2.0

package attached

import "slices"

// maxWeight is the Gateway API's limit for the weight of one backend, and precision what the weight of a
// route is multiplied with before it is shared out.
const (
	maxWeight = 1_000_000
	precision = 1_000_000
)

// share is the part of a weight that one of several percentages gets; never 0. Their sum is total.
func share(weight, percent, total int32) int64 {
	return max(1, int64(weight)*precision*int64(percent)/int64(total))
}

// weightsOf are the smallest weights with the ratios of the shares, within the limit; none is 0.
func weightsOf(shares []int64) []int32 {
	divisor, largest := int64(0), int64(1)
	for _, share := range shares {
		divisor = greatestCommonDivisor(divisor, share)
	}
	if len(shares) > 0 {
		largest = slices.Max(shares) / divisor
	}
	weights := make([]int32, 0, len(shares))
	for _, share := range shares {
		weight := share / divisor
		if largest > maxWeight {
			weight = max(1, int64(float64(weight)/float64(largest)*maxWeight))
		}
		weights = append(weights, int32(weight))
	}
	return weights
}

func greatestCommonDivisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
