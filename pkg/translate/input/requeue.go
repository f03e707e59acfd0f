// SPDX-License-Identifier: Apache-2.0

package input

import "time"

// Sooner is the earlier of two times to look again; 0 is never.
func Sooner(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
