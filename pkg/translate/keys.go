// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"cmp"
	"slices"
)

// sortedKeys are those of a map, of which most are empty.
func sortedKeys[M ~map[K]V, K cmp.Ordered, V any](m M) []K {
	if len(m) == 0 {
		return nil
	}
	keys := make([]K, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
