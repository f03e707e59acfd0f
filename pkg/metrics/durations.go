// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"strconv"
	"time"
)

// buckets of durations: from faster than a person notices to what is surely wrong.
var buckets = [...]float64{0.5, 1, 2.5, 5, 10, 30, 60, 300}

// histogram counts durations. One of OpenTelemetry would stay when its entry goes.
type histogram struct {
	counts [len(buckets)]int64 // how many were at most so long
	count  int64
	sum    float64
}

func (h *histogram) observe(d time.Duration) {
	seconds := d.Seconds()
	h.count++
	h.sum += seconds
	for i, bound := range buckets {
		if seconds <= bound {
			h.counts[i]++
		}
	}
}

func (h *histogram) samples(at Entry) (found []sample) {
	for i, bound := range buckets {
		found = append(found, readyDuration.part("bucket", float64(h.counts[i]), at.labels(strconv.FormatFloat(bound, 'g', -1, 64))...))
	}
	return append(found,
		readyDuration.part("bucket", float64(h.count), at.labels("+Inf")...),
		readyDuration.part("sum", h.sum, at.labels()...),
		readyDuration.part("count", float64(h.count), at.labels()...))
}
